// SPDX-License-Identifier: Apache-2.0
// Factored second moments: means along the last axis and the one before it there, along the two longest axes here.

import { factoredAxes } from '@optim/formulas';
import type { Block } from './layout.js';
import { refused } from './refusal.js';

/** Means of rows (along the last axis, which is gone) and of columns (along the one before it). */
export interface Means {
  readonly row: Block;
  readonly col: Block;
}

const with1 = ({ shape, data }: Block, axis: number): Block => ({
  shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
  data,
});

const without1 = ({ shape, data }: Block, axis: number): Block => ({
  shape: shape.filter((_, i) => i !== axis),
  data,
});

/**
 * Whether the axis that is the last one there is the longest one here.
 *
 * @param shape - of the variable
 * @param isTurned - whether the two axes of a matrix change places
 * @throws RangeError where the two longest axes are others
 */
function lastIsLongest(who: string, shape: readonly number[], isTurned: boolean): boolean {
  const rank = shape.length;
  const { r, c } = factoredAxes(shape)!;
  if (Math.min(r, c) !== rank - 2 || (isTurned && rank > 2))
    throw refused(
      who,
      'a factored moment',
      'be of a tensor whose last two axes are the longest: leave it out by null',
      shape,
    );
  const last = isTurned ? rank - 2 : rank - 1;
  return c === last;
}

/** R and C of AdaFactor from means of rows and columns. */
export function fromMeans(who: string, { row, col }: Means, isTurned: boolean): { R: Block; C: Block } {
  const [rows, columns] = [row.shape.at(-1), col.shape.at(-1)];
  const batch = row.shape.slice(0, -1);
  if (rows === undefined || columns === undefined || String(batch) !== String(col.shape.slice(0, -1)))
    throw refused(who, 'means of rows and columns', 'be of one tensor', [row.shape, col.shape]);
  const shape = isTurned ? [...batch, columns, rows] : [...batch, rows, columns];
  const rank = shape.length;
  // Where each stands in the variable: what has no axis is of length 1 there.
  const ofRows = with1(row, isTurned ? rank - 2 : rank - 1);
  const ofColumns = with1(col, isTurned ? rank - 1 : rank - 2);
  return lastIsLongest(who, shape, isTurned) ? { R: ofRows, C: ofColumns } : { R: ofColumns, C: ofRows };
}

/** The inverse of {@link fromMeans}. */
export function toMeans(
  who: string,
  { R, C }: { readonly R: Block; readonly C: Block },
  shape: readonly number[],
  isTurned: boolean,
): Means {
  const rank = shape.length;
  const [ofRows, ofColumns] = lastIsLongest(who, shape, isTurned) ? [R, C] : [C, R];
  return {
    row: without1(ofRows, isTurned ? rank - 2 : rank - 1),
    col: without1(ofColumns, isTurned ? rank - 1 : rank - 2),
  };
}

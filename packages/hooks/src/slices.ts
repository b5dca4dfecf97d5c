// SPDX-License-Identifier: Apache-2.0
// The slices of a tensor that constraints look at, and their norms.

import { custom, outOfRange, type OptionSpec } from '@optim/core/authoring';
import type { Expression } from '@optim/fusion';

/** Axes that are summed over, negative ones from the end. `null`: all but the last, or all of a vector. */
export type Axis = number | readonly number[] | null;

/** Added to norms. */
const epsilon = 1e-7;

/** The row of the option `axis`. */
export function axisRow(): OptionSpec {
  const isAxes = (value: unknown): boolean => value === null || [value].flat().every(Number.isInteger);
  return custom('an integer or an array of integers, or null', isAxes, null);
}

/** The axes of one tensor. @throws RangeError for one that it does not have */
export function axesOf(name: string, { rank, shape }: Expression, axis: Axis): number[] {
  if (axis === null) return Array.from({ length: rank < 2 ? rank : rank - 1 }, (_, i) => i);
  const axes = [axis].flat().map((at) => {
    if (at < -rank || at >= rank)
      throw outOfRange(name, 'axis', `an axis of a variable of shape [${shape}]`, at);
    return at < 0 ? at + rank : at;
  });
  return [...new Set(axes)].sort((a, b) => a - b);
}

/** Euclidean norm of every slice, kept for broadcasting, and w divided by it: w/(n + 1e-7). */
export function normed(
  name: string,
  w: Expression,
  axis: Axis,
): { readonly n: Expression; readonly withNorm: (length: Expression) => Expression } {
  const axes = axesOf(name, w, axis);
  const n = axes.length === w.rank ? w.norm() : w.norm(axes);
  return { n, withNorm: (length) => w.mul(length.div(n.add(epsilon))) };
}

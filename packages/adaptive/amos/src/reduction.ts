// SPDX-License-Identifier: Apache-2.0
// Which elements of a variable share one second moment.

import { isCallable, outOfRange, type OptionSpec } from '@optim/core/authoring';

/** Shape of the second moment: by a rule, or as a function says. */
export type AmosReduction =
  | 'none'
  | 'unit'
  | 'tensor'
  | ((name: string, shape: readonly number[]) => readonly number[]);

/** The row of the option. */
export const reductions: OptionSpec = {
  type: 'a string or a function',
  range: `one of 'none', 'unit', 'tensor', or a function`,
  hasType: (reduction) => typeof reduction === 'string' || isCallable(reduction),
  allows: (reduction: AmosReduction) =>
    isCallable(reduction) || ['none', 'unit', 'tensor'].includes(reduction),
  default: 'none',
};

/**
 * The shape of v and b.
 * @throws RangeError where a function gives one that does not stretch to the shape of the variable
 */
export function reducedShape(
  reduction: AmosReduction,
  name: string,
  shape: readonly number[],
): readonly number[] {
  if (reduction === 'none') return shape;
  if (reduction === 'tensor') return [];
  const last = shape.length - 1;
  if (reduction === 'unit') return last > 0 ? shape.map((length, axis) => (axis < last ? 1 : length)) : [];
  const reduced: unknown = reduction(name, shape);
  if (!isReductionOf(shape, reduced))
    throw outOfRange(
      'Amos',
      `reduction of "${name}"`,
      `[] or [${shape.join(', ')}] with some axes 1`,
      reduced,
    );
  return reduced;
}

function isReductionOf(shape: readonly number[], reduced: unknown): reduced is readonly number[] {
  if (!Array.isArray(reduced)) return false;
  if (reduced.length === 0) return true;
  return reduced.length === shape.length && reduced.every((length, i) => length === 1 || length === shape[i]);
}

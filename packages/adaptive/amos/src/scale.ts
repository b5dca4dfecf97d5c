// SPDX-License-Identifier: Apache-2.0
// How large the trained weights of a variable are expected to be.

import { isCallable, isRecord, outOfRange, type OptionSpec } from '@optim/core/authoring';

/** Expected size of the trained weights: one for all variables, one by name, or as a function says. */
export type AmosScale =
  | number
  | Readonly<Record<string, number>>
  | ((name: string, shape: readonly number[]) => number);

const isNumber = (x: unknown): x is number => typeof x === 'number';
const isPositive = (x: number): boolean => x > 0 && x < Infinity;

/** The row of the option. */
export const scales: OptionSpec = {
  type: 'a number, a record of numbers by variable name, a function, or null',
  range: 'in (0, ∞), a record of such numbers by variable name, a function, or null',
  hasType: (scale) =>
    scale === null ||
    isNumber(scale) ||
    isCallable(scale) ||
    (isRecord(scale) && Object.values(scale).every(isNumber)),
  allows: (scale: AmosScale | null) =>
    scale === null ||
    typeof scale === 'function' ||
    (isNumber(scale) ? [scale] : Object.values(scale)).every(isPositive),
  default: null,
};

/**
 * η of a variable.
 * @throws RangeError where there is no positive number for it
 */
export function scaleOf(scale: AmosScale | null, name: string, shape: readonly number[]): number {
  if (scale === null) {
    const fanIn = shape.slice(0, -1).reduce((n, length) => n * length, 1);
    return shape.length > 1 ? Math.sqrt(2 / fanIn) : 0.5;
  }
  if (isNumber(scale)) return scale;
  const eta: unknown = typeof scale === 'function' ? scale(name, shape) : scale[name];
  if (!isNumber(eta) || !isPositive(eta)) throw outOfRange('Amos', `scale of "${name}"`, 'in (0, ∞)', eta);
  return eta;
}

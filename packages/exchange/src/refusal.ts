// SPDX-License-Identifier: Apache-2.0
// Error messages about what others wrote: short, whatever they wrote.

import { show } from '@optim/options';

/** The refusal of a file. */
export function broken(who: string, what: string): never {
  throw new TypeError(`${who}: ${what}`);
}

/** The refusal of a value; `who: where must …, got value`. */
export function refused(who: string, where: string, constraint: string, value: unknown): RangeError {
  return new RangeError(`${who}: ${where} must ${constraint}, got ${show(value)}`);
}

/** Names in a message, the first few. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 8).map(show);
  return all.length > shown.length
    ? `${shown.join(', ')} and ${all.length - shown.length} more`
    : shown.join(', ');
}

/** A count of steps: TensorFlow.js keeps them as int32. */
export function countOf(who: string, where: string, value: unknown): number {
  const isCount = Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
  if (!isCount) throw refused(who, where, 'be an integer in [0, 2^31)', value);
  return value as number;
}

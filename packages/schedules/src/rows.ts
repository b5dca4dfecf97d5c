// SPDX-License-Identifier: Apache-2.0
// What the option tables of several schedules have in common.

import { custom, isArrayOf, isCallable, outOfRange, type OptionSpec, type Schedule } from '@optim/options';

/** A required schedule. */
export const aSchedule: OptionSpec = /* #__PURE__ */ custom(
  'a schedule (a function of the step)',
  isCallable,
);

/** A required list of at least one schedule. */
export const someSchedules: OptionSpec = {
  type: 'an array of schedules',
  range: 'at least one schedule',
  hasType: (value) => isArrayOf(value, isCallable),
  allows: (value: readonly unknown[]) => value.length > 0,
};

/** A required list of numbers that `allows` accepts; `range` says in words which it does. */
export function numbers(range: string, allows: (values: readonly number[]) => boolean): OptionSpec {
  const hasType = (value: unknown): boolean => isArrayOf(value, (item) => typeof item === 'number');
  return { type: 'an array of numbers', range, hasType, allows };
}

/** The steps at which something changes. */
export const boundarySteps: OptionSpec = /* #__PURE__ */ numbers(
  'strictly increasing positive integers',
  (values) => values.every((b, i) => Number.isInteger(b) && b > (i === 0 ? 0 : values[i - 1]!)),
);

/**
 * Refuses options whose `lower` exceeds their `upper`.
 * @throws RangeError
 */
export function checkOrder<O extends object>(
  owner: string,
  options: O,
  lower: keyof O & string,
  upper: keyof O & string,
): void {
  if (options[lower] > options[upper]) {
    throw outOfRange(owner, lower, `at most ${upper} (${String(options[upper])})`, options[lower]);
  }
}

/** Where a schedule around another one may be largest; nothing where the inner one does not know its own peak. */
export function peaksIn({ peak }: Schedule, peaksAt: (step: number) => readonly number[]): readonly number[] {
  return peak ? peaksAt(peak.step) : [];
}

// SPDX-License-Identifier: Apache-2.0
// What the symbols of a rule stand for in one update.

import { check, type OptionSpec } from './options.js';
import { isSchedule } from './schedule.js';
import type { Binding } from './stepper.js';
import type { Structure } from './tracer.js';

/**
 * Options at one step: schedules evaluated and checked against their rows.
 * @param step - number of updates done before
 */
export function atStep(
  owner: string,
  table: Record<string, OptionSpec>,
  options: object,
  step: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = { ...options };
  for (const [name, value] of Object.entries(options)) {
    const row = table[name];
    if (!row?.symbolic || !isSchedule(value)) continue;
    values[name] = value(step);
    check(owner, `${name} at step ${step}`, row.scheduled ?? row, values[name]);
  }
  return values;
}

/**
 * Tells numbers, which are symbols in a rule, from what it may branch on.
 *
 * @param of - the parameters bound for: their group, whether they decay, and the hooks that leave them alone
 * @param options - as {@link atStep} gives them
 */
export function bind(
  of: Pick<Structure, 'decays' | 'exempt'> & { readonly group: number },
  table: Record<string, OptionSpec>,
  options: Readonly<Record<string, unknown>>,
  coefficients: Readonly<Record<string, number | boolean | string>>,
): Binding {
  const { group, decays, exempt } = of;
  const numbers: Record<string, number> = {};
  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (table[name]!.symbolic && typeof value === 'number') numbers[name] = value;
    else flags[name] = value;
  }
  // What a rule may know of its group besides its options; 0 are the parameters of no group.
  Object.assign(flags, { group, decays });
  // Options are settled but for the learning rate, which a setter may turn from null into a number.
  let key = `${group}|${exempt}|${decays}|${flags['learningRate']}`;
  for (const [name, value] of Object.entries(coefficients)) {
    if (typeof value === 'number') numbers[name] = value;
    else {
      flags[name] = value;
      key += `|${name}=${value}`;
    }
  }
  const structure: Structure = { key, flags, numbers: Object.keys(numbers), decays, exempt };
  return { structure, numbers, arrays: new Map() };
}

// SPDX-License-Identifier: Apache-2.0
// What the symbols of a rule stand for in one update.

import type { Program } from '@optim/fusion';
import { check, isSchedule, type OptionSpec } from '@optim/options';
import type { Traits } from '../rule/rule.js';

/** What a trace depends on, and may read as ordinary values. */
export interface Structure {
  /** Distinguishes structures. */
  readonly key: string;
  /** Options, coefficients and traits to branch on. */
  readonly choices: Readonly<Record<string, unknown>>;
  /** Names of host numbers. */
  readonly numbers: readonly string[];
  /** Whether there is any weight decay. */
  readonly decays: boolean;
  /** Keys of the hooks that leave the parameter alone. */
  readonly exempt: readonly string[];
}

/** Hyper-parameters and coefficients of a group for one update. */
export interface Binding {
  readonly structure: Structure;
  readonly numbers: Readonly<Record<string, number>>;
  /** The numbers in the order of each program that uses them. */
  readonly arrays: Map<Program, readonly number[]>;
}

/**
 * Options at one step: schedules evaluated and checked against their rows, the learning rate scaled.
 * @param step - number of updates done before
 */
export function atStep(
  owner: string,
  table: Record<string, OptionSpec>,
  options: object,
  step: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = { ...options };
  for (const name in values) {
    const value = values[name];
    const row = table[name];
    if (!row?.symbolic || !isSchedule(value)) continue;
    values[name] = value(step);
    check(owner, `${name} at step ${step}`, row.scheduled ?? row, values[name]);
  }
  const { learningRate, learningRateScale: scale } = values;
  if (scale === undefined) return values;
  delete values['learningRateScale'];
  if (typeof learningRate === 'number') values['learningRate'] = learningRate * (scale as number);
  return values;
}

/**
 * Tells numbers, which are symbols in a rule, from what it may branch on.
 *
 * @param of - the parameters bound for: their group, whether they decay, the hooks that leave them alone, their traits
 * @param options - as {@link atStep} gives them
 */
export function bind(
  of: Pick<Structure, 'decays' | 'exempt'> & { readonly group: number; readonly traits: Traits },
  table: Record<string, OptionSpec>,
  options: Readonly<Record<string, unknown>>,
  coefficients: Readonly<Record<string, unknown>>,
): Binding {
  const { group, decays, exempt } = of;
  const numbers: Record<string, number> = {};
  const choices: Record<string, unknown> = {};
  let key = `${group}|${exempt}|${decays}`;
  for (const name in options) {
    const value = options[name];
    const { symbolic } = table[name]!;
    if (symbolic && typeof value === 'number') numbers[name] = value;
    else {
      choices[name] = value;
      // The others are settled; null may become a number while it trains.
      if (symbolic) key += `|${name}`;
    }
  }
  choices['group'] = group;
  choices['decays'] = decays;
  for (const values of [of.traits, coefficients]) {
    for (const name in values) {
      const value = values[name];
      if (typeof value === 'number') numbers[name] = value;
      else {
        choices[name] = value;
        key += `|${name}=${value}`;
      }
    }
  }
  const structure: Structure = { key, choices, numbers: Object.keys(numbers), decays, exempt };
  return { structure, numbers, arrays: new Map() };
}

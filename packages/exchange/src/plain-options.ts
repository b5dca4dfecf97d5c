// SPDX-License-Identifier: Apache-2.0
// The options of a state as another framework takes them: numbers, strings, booleans.

import { decode, isRecord, isSchedule, show } from '@optim/options';
import { readState, type StateDict } from '@optim/state';
import { refused } from './refusal.js';

/** Options whose schedule becomes its value at the step: what makes them is for the other side to go on with. */
const scheduled = ['learningRate', 'weightDecay'];

/**
 * Options with schedules of the learning rate and the decay as their values at a step.
 *
 * @param keep - options whose schedule stays
 * @throws RangeError for another option that is a schedule, and for a factor on a rate that is not there
 */
export function plainOptions(
  who: string,
  step: number,
  options: object,
  keep: readonly string[] = [],
): Record<string, unknown> {
  const { learningRateScale: scale = 1, ...others } = options as { readonly learningRateScale?: number };
  const entries = Object.entries(others).map(([name, value]): [string, unknown] => {
    if (!isSchedule(value) || keep.includes(name)) return [name, value];
    if (!scheduled.includes(name))
      throw refused(who, name, 'be a number, since it is none in the file', value);
    return [name, value(step)];
  });
  const plain = Object.fromEntries(entries);
  const { learningRate } = plain;
  if (typeof learningRate === 'number') return { ...plain, learningRate: learningRate * scale };
  if (scale !== 1) throw refused(who, 'learningRateScale', 'be 1 where there is no learningRate', scale);
  return plain;
}

/**
 * A state, and its hyper-parameters.
 * @throws TypeError for what is no state; RangeError for one of another form
 */
export function stateIn(
  who: string,
  given: unknown,
): { readonly state: StateDict; readonly hyperparameters: Record<string, unknown> } {
  if (!isRecord(given))
    throw new TypeError(`${who}: the state must be that of stateDict(), got ${show(given)}`);
  const state = readState(`${who}: the state`, given, (base) => base as StateDict);
  if (state.format !== 1) throw refused(who, 'the format of the state', 'be 1', state.format);
  return { state, hyperparameters: decode(state.hyperparameters) };
}

/**
 * Refuses options that the other side does not have, unless they are as it does.
 *
 * @param fixed - options with the values that make both the same
 * @throws RangeError naming the option
 */
export function assertFixed(
  who: string,
  options: Readonly<Record<string, unknown>>,
  fixed: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(fixed)) {
    // Without decay there is no mode of it.
    if (options[name] === value || (name === 'weightDecayMode' && options['weightDecay'] === 0)) continue;
    throw refused(who, name, `be ${show(value)}: there is no such option in the file`, options[name]);
  }
}

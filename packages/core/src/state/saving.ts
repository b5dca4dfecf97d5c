// SPDX-License-Identifier: Apache-2.0

import { held, loadReading } from '@optim/state';
import type { HeldState, SavedState, StateDict } from '@optim/state';
import { encodeSavable } from '../rule/config.js';
import type { Parameters } from './parameters.js';

/**
 * Holds all state of a living optimizer as it is now.
 *
 * @param hold - makes the tensors: `readable` ones where they are handed out
 */
export function capture(state: Parameters, hold: typeof held = held): HeldState {
  state.assertWhole();
  const parameters = state.ordered();
  return {
    globals: [...state.globals].map(([name, value]) => [name, hold(value)]),
    parameters: parameters.map(({ variable: { name, shape }, updates, slots }) => ({
      name,
      shape,
      dtype: 'float32',
      updates,
      slots: Object.entries(slots).map(([slot, value]) => [slot, hold(value)]),
    })),
    waiting: state.waiting,
    firstGlobals: state.firstGlobals(),
  };
}

/** What a saved state says besides numbers. */
export function headerOf(
  owner: string,
  step: number,
  settings: object,
): Pick<StateDict, 'format' | 'optimizer' | 'step' | 'hyperparameters'> {
  return { format: 1, optimizer: owner, step, hyperparameters: encodeSavable(owner, settings) };
}

/** What is held as plain data; its tensors are disposed. */
export async function plain(state: HeldState): Promise<Omit<SavedState, 'step'>> {
  const { savedState } = await loadReading(state);
  return savedState(state);
}

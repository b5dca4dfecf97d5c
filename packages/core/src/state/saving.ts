// SPDX-License-Identifier: Apache-2.0
// The state of a living optimizer as plain data.

import type * as tf from '@tensorflow/tfjs-core';
import type { Parameter, Parameters, SavedState } from './parameters.js';
import type { SavedParameter, SavedTensor } from '@optim/state';

/** The numbers of a tensor, copied: a backend may answer with its own buffer, which later steps write to. */
export async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
  return { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}

async function saveParameter({ variable, slots, updates }: Parameter): Promise<SavedParameter> {
  const saved = Object.entries(slots).map(async ([name, slot]) => [name, await saveTensor(slot)] as const);
  const { name, shape } = variable;
  return { name, shape, dtype: 'float32', updates, slots: Object.fromEntries(await Promise.all(saved)) };
}

/** The globals as numbers; their first values before there are any. */
export async function readGlobals(state: Parameters): Promise<Record<string, number>> {
  state.prune();
  if (state.globals.size === 0) return state.firstGlobals();
  const entries = [...state.globals].map(async ([name, value]) => [name, (await value.data())[0]!] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Globals and parameters, those that wait for their variables included. */
export async function saveState(state: Parameters): Promise<Omit<SavedState, 'step'>> {
  const globals = await readGlobals(state);
  const parameters = await Promise.all(state.ordered().map(saveParameter));
  return { globals, parameters: [...parameters, ...state.waiting] };
}

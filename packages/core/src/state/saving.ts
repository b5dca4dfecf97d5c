// SPDX-License-Identifier: Apache-2.0
// The state of a living optimizer as it is at one moment, and as plain data.

import * as tf from '@tensorflow/tfjs-core';
import type { HeldState, SavedTensor } from '@optim/state';
import type { Parameters, SavedState } from './parameters.js';

/** A tensor of its own with the same numbers; kernels do not write in place what it shares. */
export function held(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tf.clone(tensor));
}

/** A tensor of its own that may be read: the cpu backend gives the very array to whoever does, and kernels write on in it. */
export function readable(tensor: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'cpu') return held(tensor);
  return tf.keep(tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype));
}

/**
 * Holds all state of this moment.
 * @param hold - makes the tensors: {@link readable} ones where they are handed out
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
    firstGlobals: state.globals.size === 0 ? state.firstGlobals() : {},
  };
}

/** The tensors that are held. */
export function tensorsOf({ globals, parameters }: HeldState): tf.Tensor[] {
  return [...globals, ...parameters.flatMap(({ slots }) => slots)].map(([, value]) => value);
}

/** The numbers of a tensor, copied: a backend may answer with its own buffer, which later steps write to. */
export async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
  return { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}

async function entries<T, U>(
  record: readonly (readonly [string, T])[],
  read: (value: T) => Promise<U>,
): Promise<Record<string, U>> {
  const pairs = record.map(async ([name, value]) => [name, await read(value)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

/** What is held as plain data; the tensors are disposed. */
export async function savedState(captured: HeldState): Promise<Omit<SavedState, 'step'>> {
  const { globals, parameters, waiting, firstGlobals } = captured;
  try {
    const saved = parameters.map(async (parameter) => ({
      ...parameter,
      slots: await entries(parameter.slots, saveTensor),
    }));
    return {
      globals: { ...firstGlobals, ...(await entries(globals, async (value) => (await value.data())[0]!)) },
      parameters: [...(await Promise.all(saved)), ...waiting],
    };
  } finally {
    tf.dispose(tensorsOf(captured));
  }
}

// SPDX-License-Identifier: Apache-2.0
// State as it is at one moment, in tensors, and as plain data.

import * as tf from '@tensorflow/tfjs-core';
import type { SavedParameter, SavedState, SavedTensor } from './state-dict.js';

/** State held as it is now, whatever happens to the optimizer: its tensors are clones, which the holder disposes. */
export interface HeldState {
  readonly globals: readonly (readonly [name: string, value: tf.Tensor])[];
  readonly parameters: readonly (Omit<SavedParameter, 'slots'> & {
    readonly slots: readonly (readonly [name: string, value: tf.Tensor])[];
  })[];
  /** What was loaded for variables that have not appeared yet. */
  readonly waiting: readonly SavedParameter[];
  /** Globals that no step has made yet, by their first values. */
  readonly firstGlobals: Readonly<Record<string, number>>;
}

/** A tensor of its own with the same numbers; kernels do not write in place what it shares. */
export function held(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(tf.clone(tensor));
}

/** A tensor of its own that may be read: the cpu backend gives the very array to whoever does, and kernels write on in it. */
export function readable(tensor: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'cpu') return held(tensor);
  return tf.keep(tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype));
}

/** The tensors that are held. */
function tensorsOf({ globals, parameters }: HeldState): tf.Tensor[] {
  return [...globals, ...parameters.flatMap(({ slots }) => slots)].map(([, value]) => value);
}

/** The numbers of a tensor, copied: a backend may answer with its own buffer, which later steps write to. */
async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
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

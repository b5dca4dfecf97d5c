// SPDX-License-Identifier: Apache-2.0
// What is held, as plain data.

import * as tf from '@tensorflow/tfjs-core';
import type { HeldState } from './held.js';
import type { GlobalValue, SavedState, SavedTensor } from './state-dict.js';

/** The tensors that are held. */
function tensorsOf({ globals, parameters }: HeldState): tf.Tensor[] {
  return [...globals, ...parameters.flatMap(({ slots }) => slots)].map(([, value]) => value);
}

/** The numbers of a tensor, copied: a backend may answer with its own buffer, which later steps write to. */
async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
  return { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}

async function saveGlobal(tensor: tf.Tensor): Promise<GlobalValue> {
  const numbers = await tensor.data();
  return tensor.rank === 0 ? numbers[0]! : Array.from(numbers);
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
      globals: { ...firstGlobals, ...(await entries(globals, saveGlobal)) },
      parameters: [...(await Promise.all(saved)), ...waiting],
    };
  } finally {
    tf.dispose(tensorsOf(captured));
  }
}

/** The globals that are one number. */
export function singles(globals: Readonly<Record<string, GlobalValue>>): Record<string, number> {
  const entries = Object.entries(globals);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

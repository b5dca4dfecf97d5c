// SPDX-License-Identifier: Apache-2.0
// The optimizers of TensorFlow.js itself as bases of wrappers: their momentum, and their weights as state.

import * as tf from '@tensorflow/tfjs-core';
import type { Momentum } from './state/parameters.js';
import type { ForeignState, NamedWeight, ReadWeight } from '@optim/state';
import { held, saveTensor } from './state/saving.js';

/** First moments in the optimizers of TensorFlow.js, by class name: private fields, so looked up with care. */
const momentumFields: Readonly<Record<string, string>> = {
  Momentum: 'accumulations',
  Adam: 'accumulatedFirstMoment',
  Adamax: 'accumulatedFirstMoment',
  RMSProp: 'accumulatedMoments',
};

/** The first moments, matched by position with `order`, the variables of the last step; `null` when there are none. */
export function foreignMomentum(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
  const field = momentumFields[base.getClassName()];
  const moments = (): unknown => field && (base as unknown as Record<string, unknown>)[field];
  if (!field || !Array.isArray(moments())) return null;
  return (order) => {
    const kept = moments() as readonly { variable: tf.Variable }[];
    return {
      names: [field],
      slots: order.flatMap((variable, i) => (kept[i] ? [[variable, [kept[i].variable]]] : [])),
    };
  };
}

/** Its weights as they are now, although it lists them only later: tensors of their own, the caller's. */
export function captureForeign(base: tf.Optimizer): Promise<NamedWeight[]> {
  const slots = new Map<tf.Tensor, tf.Tensor>();
  for (const field of Object.values(base))
    if (Array.isArray(field))
      for (const { variable } of field as { variable?: unknown }[])
        if (variable instanceof tf.Tensor) slots.set(variable, held(variable));
  // The step count is read before the first await, and made anew for every call.
  return base
    .getWeights()
    .then((weights) => weights.map(({ name, tensor }) => ({ name, tensor: slots.get(tensor) ?? tensor })))
    .catch((error: unknown) => {
      tf.dispose([...slots.values()]);
      throw error;
    });
}

/** Its weights as plain data. */
export async function saveForeign(
  optimizer: string,
  captured: Promise<NamedWeight[]>,
): Promise<ForeignState> {
  const named = await captured;
  try {
    const weights = named.map(async ({ name, tensor }) => ({
      name,
      dtype: tensor.dtype,
      tensor: await saveTensor(tensor),
    }));
    return { format: 1, optimizer, weights: await Promise.all(weights) };
  } finally {
    tf.dispose(named.map(({ tensor }) => tensor));
  }
}

/** Gives it the weights of a state. */
export async function loadForeign(base: tf.Optimizer, { weights }: ForeignState): Promise<void> {
  const named = weights.map(({ name, dtype, tensor: { shape, data } }) => ({
    name,
    tensor: tf.tensor(data.slice(), [...shape], dtype as 'float32' | 'int32'),
  }));
  await setForeignWeights(base, named);
  tf.dispose(named.map(({ tensor }) => tensor));
}

/** Weights that have been read as a state. */
export function foreignState(base: tf.Optimizer, weights: readonly ReadWeight[]): ForeignState {
  return {
    format: 1,
    optimizer: base.getClassName(),
    weights: weights.map(({ name, dtype, shape, data }) => ({
      name,
      dtype,
      tensor: { shape: [...shape], data: Float32Array.from(data) },
    })),
  };
}

/** `setWeights`, which forgets the slots it had without freeing them. */
async function setForeignWeights(base: tf.Optimizer, weights: NamedWeight[]): Promise<void> {
  const before = await base.getWeights();
  await base.setWeights(weights);
  tf.dispose(before.map(({ tensor }) => tensor));
}

// SPDX-License-Identifier: Apache-2.0
// The optimizers of TensorFlow.js itself as bases of wrappers: their momentum, and their weights as state.

import * as tf from '@tensorflow/tfjs-core';
import type { Momentum } from './state/parameters.js';
import type { ForeignState } from '@optim/state';
import type { NamedWeight } from './state/weights.js';

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

/** Of the weights of such an optimizer those that exist only for the list; the others are its slots. */
export function madeFor(weights: readonly NamedWeight[]): tf.Tensor[] {
  return weights.filter(({ name }) => name === 'iter').map(({ tensor }) => tensor);
}

/** Its weights as plain data. */
export async function saveForeign(base: tf.Optimizer): Promise<ForeignState> {
  const named = await base.getWeights();
  const weights = named.map(async ({ name, tensor }) => {
    const data = Float32Array.from(await tensor.data());
    return { name, dtype: tensor.dtype, tensor: { shape: tensor.shape, data } };
  });
  const saved = await Promise.all(weights);
  tf.dispose(madeFor(named));
  return { format: 1, optimizer: base.getClassName(), weights: saved };
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

/** `setWeights`, which forgets the slots it had without freeing them. */
export async function setForeignWeights(base: tf.Optimizer, weights: NamedWeight[]): Promise<void> {
  const before = await base.getWeights();
  await base.setWeights(weights);
  tf.dispose(before.map(({ tensor }) => tensor));
}

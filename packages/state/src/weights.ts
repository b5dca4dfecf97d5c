// SPDX-License-Identifier: Apache-2.0
// A state as the list of named tensors that `model.save` writes beside the model's own weights.

import { show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import type { HeldState } from './held.js';

// Model and optimizer share one map from name to tensor on loading; no layer has a `#` in the names of its weights.
export const mark: string = '#';
export const updatesName: string = `${mark}${mark}updates`;

/** A weight of an optimizer, as `model.save` writes it. */
export interface NamedWeight {
  name: string;
  tensor: tf.Tensor;
}

/**
 * The step count, the updates of each parameter where they differ from it, globals, and slots grouped by kind (all m,
 * then all v). The tensors are the caller's.
 */
export function writeWeights(step: number, { parameters, waiting, globals }: HeldState): NamedWeight[] {
  const weights: NamedWeight[] = [{ name: 'iter', tensor: tf.keep(tf.scalar(step, 'int32')) }];
  const all = [
    ...parameters.map(({ name, slots, updates }) => ({ name, updates, slots: Object.fromEntries(slots) })),
    ...waiting.map(({ name, slots, updates }) => ({
      name,
      updates,
      slots: Object.fromEntries(
        Object.entries(slots).map(([slot, { shape, data }]) => [
          slot,
          tf.keep(tf.tensor(data.slice(), [...shape])),
        ]),
      ),
    })),
  ].filter(({ slots }) => Object.keys(slots).length > 0);
  const slotNames = [...new Set(all.flatMap(({ slots }) => Object.keys(slots)))];
  if (all.some(({ updates }) => updates !== step)) {
    // In the order in which a reader goes through the parameters.
    const listed = new Set(slotNames.flatMap((slot) => all.filter(({ slots }) => slots[slot])));
    weights.push({
      name: updatesName,
      tensor: tf.keep(
        tf.tensor1d(
          [...listed].map(({ updates }) => updates),
          'int32',
        ),
      ),
    });
  }
  for (const [name, tensor] of globals) weights.push({ name: `${mark}${name}`, tensor });
  for (const slot of slotNames) {
    for (const { name, slots } of all) {
      const tensor = slots[slot];
      if (tensor) weights.push({ name: `${name}${mark}${slot}`, tensor });
    }
  }
  return weights;
}

/** A weight whose numbers have been read. */
export interface ReadWeight {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * The numbers of weights, as they are at the moment of the call.
 * @throws TypeError (as a rejection) for what is no list of names and tensors
 */
export async function readTensors(owner: string, weights: unknown): Promise<ReadWeight[]> {
  if (!Array.isArray(weights))
    throw new TypeError(`${owner}: weights must be an array of { name, tensor }, got ${show(weights)}`);
  const taken = Array.from(weights as readonly (NamedWeight | null)[], (weight, i) => {
    if (typeof weight?.name !== 'string' || !(weight.tensor instanceof tf.Tensor))
      throw new TypeError(`${owner}: weights[${i}] must have a name and a tensor, got ${show(weight)}`);
    if (weight.tensor.isDisposed !== false)
      throw new RangeError(
        `${owner}: weights[${i}], ${show(weight.name)}, must be a tensor that is not disposed`,
      );
    return { name: weight.name, tensor: weight.tensor, data: weight.tensor.data() };
  });
  return Promise.all(
    taken.map(async ({ name, tensor: { dtype, shape }, data }) => ({
      name,
      dtype,
      shape,
      // Counts may be larger than float32 holds exactly.
      data: dtype === 'float32' ? Float32Array.from(await data) : Array.from(await data),
    })),
  );
}

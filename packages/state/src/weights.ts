// SPDX-License-Identifier: Apache-2.0
// A state as the list of named tensors that `model.save` writes beside the model's own weights.

import { show, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

// Model and optimizer share one map from name to tensor on loading; no layer has a `#` in the names of its weights.
export const mark: string = '#';
export const updatesName: string = `${mark}${mark}updates`;

/** A weight of an optimizer, as `model.save` writes it. */
export interface NamedWeight {
  name: string;
  tensor: tf.Tensor;
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
  if (!Array.isArray(weights)) throw wrongType(owner, 'weights', 'an array of { name, tensor }', weights);
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

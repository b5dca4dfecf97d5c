// SPDX-License-Identifier: Apache-2.0
// A state as the list of named tensors that `model.save` writes beside the model's own weights.

import type * as tf from '@tensorflow/tfjs-core';

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

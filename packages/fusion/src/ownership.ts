// SPDX-License-Identifier: Apache-2.0
// Tensors whose elements nobody has seen but the kernels.

import type * as tf from '@tensorflow/tfjs-core';

/** Where an owned tensor has the array that a kernel made for it; a lookup that costs nothing with thousands of small tensors. */
const array = Symbol('array');

interface Owned {
  [array]?: Float32Array | null;
}

/**
 * Says that nobody reads a tensor, such as a slot of an optimizer, and that it shares its data with no tensor that is read.
 * The cpu backend gives the very array of a tensor to whoever reads it: there kernels write in place what they made for an
 * owned tensor, and give every other a new array with each new value, so that what was read stays.
 */
export function own(tensor: tf.Tensor): void {
  (tensor as Owned)[array] = null;
}

/** The array to write the new value of a tensor to: its own where that is safe, else one that `make` makes. */
export function arrayFor(tensor: tf.Tensor, values: Float32Array, make: () => Float32Array): Float32Array {
  const { [array]: known } = tensor as Owned;
  if (known === values) return values;
  const made = make();
  if (known !== undefined) (tensor as Owned)[array] = made;
  return made;
}

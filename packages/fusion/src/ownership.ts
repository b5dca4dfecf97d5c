// SPDX-License-Identifier: Apache-2.0
// Tensors whose elements nobody has seen but the kernels.

import type * as tf from '@tensorflow/tfjs-core';

const owned = new WeakSet<tf.Tensor>();

/**
 * Says that a tensor, such as a slot of an optimizer, is held by nobody else. On the cpu backend, whose `data()` gives the
 * very array a tensor has, the arrays of owned tensors are written in place; all others get a new array with each new value,
 * so that what was read stays.
 */
export function own(tensor: tf.Tensor): void {
  owned.add(tensor);
}

/** Takes it back, before a tensor is handed to someone who may read or keep its elements. */
export function disown(tensor: tf.Tensor): void {
  owned.delete(tensor);
}

/** Whether a tensor is owned. */
export function isOwned(tensor: tf.Tensor): boolean {
  return owned.has(tensor);
}

// SPDX-License-Identifier: Apache-2.0
// All parameters as one long vector, for methods that see no more of them.

import * as tf from '@tensorflow/tfjs-core';

/** Tensors one after the other, each row-major. */
export function concatenated(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size]))));
}

/** The parts of a long vector, in the shapes of `like`. */
export function parted(vector: tf.Tensor, like: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const parts = tf.split(
      vector,
      like.map(({ size }) => size),
    );
    return parts.map((part, i) => tf.reshape(part, like[i]!.shape));
  });
}

/**
 * Moves variables: each to its point plus `length` times its direction.
 *
 * @param directions - of the shapes of the variables
 */
export function moveAlong(
  variables: readonly tf.Variable[],
  points: readonly tf.Tensor[],
  directions: readonly tf.Tensor[],
  length: number | tf.Tensor,
): void {
  tf.tidy(() => {
    // All of them first, for if one fails none may have moved.
    const ends = points.map((point, i) => tf.add(point, tf.mul(directions[i]!, length)));
    variables.forEach((variable, i) => variable.assign(ends[i]!));
  });
}

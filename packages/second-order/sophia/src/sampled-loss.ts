// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** What the outputs of a model say about its labels: logits of classes, or means with a variance of 1. */
export type Likelihood = 'categorical' | 'normal';

/**
 * The mean loss of a model on labels drawn from itself: of cross-entropy against classes drawn from its softmax, or of
 * ½‖output − y‖² with y = output + standard normal noise. The draw is a constant for its gradient.
 *
 * @param outputs - logits or means, the last axis of one example
 * @param likelihood - what they are
 * @param seed - of the draw
 */
export function sampledLoss(outputs: tf.Tensor, likelihood: Likelihood, seed: number): tf.Scalar {
  return tf.tidy(() => {
    const width = outputs.shape[outputs.rank - 1] ?? 1;
    const rows = tf.reshape(outputs, [-1, width]);
    if (likelihood === 'normal') {
      // output − y is the noise: its gradient is all that is wanted of it.
      const noise = tf.randomNormal(rows.shape, 0, 1, 'float32', seed);
      return tf.mean(tf.sum(tf.mul(rows, noise), 1)) as tf.Scalar;
    }
    // The largest of logits with Gumbel's noise is a draw from their softmax.
    const uniform = tf.randomUniform(rows.shape, 1e-7, 1 - 1e-7, 'float32', seed);
    const noise = tf.neg(tf.log(tf.neg(tf.log(uniform))));
    const labels = tf.oneHot(tf.argMax(tf.add(rows, noise), 1), width);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(rows), labels), 1))) as tf.Scalar;
  });
}

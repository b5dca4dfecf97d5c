// SPDX-License-Identifier: Apache-2.0

import { check } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { count } from '../checks.js';
import { checkMatrix } from './matrices.js';

/**
 * e^X by scaling and squaring: twelve terms of the series for X/2^k, squared k times. Matrix products and
 * sums alone, so that it has a gradient, and nothing is read back.
 *
 * Good to float32 precision as long as the spectral norm of X is at most 2^k; for a skew-symmetric X the
 * result is then orthogonal.
 * @param x - [..., n, n]; leading axes are a batch
 * @param squarings - k
 */
export function matrixExponential(x: tf.Tensor, squarings = 4): tf.Tensor {
  const [n] = checkMatrix('matrixExponential', x, true);
  check('matrixExponential', 'squarings', count(), squarings);
  return tf.tidy(() => {
    const identity = tf.eye(n);
    const scaled = tf.mul(x, 2 ** -squarings);
    let sum = tf.add(tf.div(scaled, 12), identity);
    for (let term = 11; term > 0; term--) sum = tf.add(tf.matMul(tf.div(scaled, term), sum), identity);
    for (let i = 0; i < squarings; i++) sum = tf.matMul(sum, sum);
    return sum;
  });
}

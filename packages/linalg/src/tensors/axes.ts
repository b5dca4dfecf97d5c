// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { aroundAxis } from '../shape.js';

/**
 * mat(X)·mat(X)ᵀ along an axis of length d, where mat(X) is X as a [d, rest] matrix, the axis first: [d, d].
 * The statistic of Shampoo and SOAP. Only an axis between others costs a transposition.
 */
export function gram(x: tf.Tensor, axis: number): tf.Tensor {
  const [before, length, after] = aroundAxis(x.shape, axis);
  return tf.tidy(() => {
    if (after === 1) {
      const columns = tf.reshape(x, [before, length]);
      return tf.matMul(columns, columns, true, false);
    }
    const stacked = tf.reshape(x, [before, length, after]);
    const first = before === 1 ? stacked : tf.transpose(stacked, [1, 0, 2]);
    const rows = tf.reshape(first, [length, before * after]);
    return tf.matMul(rows, rows, false, true);
  });
}

/**
 * X multiplied along an axis by a matrix M: Y[…, i, …] = Σ_j M[i, j]·X[…, j, …]; or by Mᵀ. Nothing is
 * transposed.
 * @param m - [k, d] for an axis of length d, or [d, k] if `transposed`
 */
export function multiplyAxis(x: tf.Tensor, axis: number, m: tf.Tensor, transposed = false): tf.Tensor {
  const [before, length, after] = aroundAxis(x.shape, axis);
  const [inner, outer] = transposed ? [m.shape[0], m.shape[1]] : [m.shape[1], m.shape[0]];
  if (m.shape.length !== 2 || inner !== length) {
    throw new RangeError(
      `multiplyAxis: a matrix for an axis of length ${length} is wanted, got shape [${m.shape.join(', ')}]`,
    );
  }
  const shape = x.shape.map((n, i) => (i === axis ? outer! : n));
  return tf.tidy(() => {
    if (after === 1)
      return tf.reshape(tf.matMul(tf.reshape(x, [before, length]), m, false, !transposed), shape);
    const stacked = tf.reshape(x, before === 1 ? [length, after] : [before, length, after]);
    const factor = before === 1 ? m : tf.reshape(m, [1, ...(m.shape as [number, number])]);
    return tf.reshape(tf.matMul(factor, stacked, transposed, false), shape);
  });
}

// SPDX-License-Identifier: Apache-2.0
// Triangular matrices on the device, by matrix products and masks: nothing is read back.

import { check, flag } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { count } from '../checks.js';
import { checkMatrix, norm } from './matrices.js';

/**
 * The inverse of a triangular matrix, by matrix products alone: 2·log2(n) of them.
 *
 * The inverses of the diagonal blocks of one size give those of twice the size: with X the former, and E what
 * T holds between the two halves of the latter, they are X − X·E·X. A zero on the diagonal gives infinite
 * numbers or NaN.
 * @param t - [..., n, n]; leading axes are a batch
 * @param lower - which triangle is read; the other one does not matter
 */
export function triangularInverse(t: tf.Tensor, lower = true): tf.Tensor {
  const [n] = checkMatrix('triangularInverse', t, true);
  check('triangularInverse', 'lower', flag(true), lower);
  return tf.tidy(() => {
    const index = tf.range(0, n, 1, 'int32');
    const [row, column] = [tf.reshape(index, [n, 1]), tf.reshape(index, [1, n])];
    const zeros = tf.zerosLike(t);
    const diagonal = tf.sum(tf.where(tf.equal(row, column), t, zeros), -1, true);
    let inverse: tf.Tensor = tf.div(tf.eye(n), diagonal);
    const triangle = tf.where(lower ? tf.greater(row, column) : tf.less(row, column), t, zeros);
    for (let size = 1; size < n; size *= 2) {
      const block = (at: tf.Tensor, length: number): tf.Tensor => tf.floorDiv(at, tf.scalar(length, 'int32'));
      const isBetween = tf.logicalAnd(
        tf.equal(block(row, 2 * size), block(column, 2 * size)),
        tf.notEqual(block(row, size), block(column, size)),
      );
      const between = tf.where(isBetween, triangle, zeros);
      inverse = tf.sub(inverse, tf.matMul(inverse, tf.matMul(between, inverse)));
    }
    return inverse;
  });
}

/**
 * The inverse of the Cholesky factor of a symmetric positive definite matrix: the lower triangular W with
 * W·A·Wᵀ = I, by matrix products alone, three in each iteration.
 *
 * ```text
 * W = I/√‖A‖,  then  E = I − W·A·Wᵀ,  W ← W + (lower triangle of E, half its diagonal)·W
 * ```
 *
 * The condition number of what is left shrinks by 2.25 in an iteration, and near the end E squares itself: a
 * condition number of 10^k takes about 3 k and 5 more. In float32 up to about 1e6 is good; beyond, or where A
 * is not definite, numbers grow until they are infinite or NaN.
 * @param x - [..., n, n]; leading axes are a batch
 * @param iterations - their number
 */
export function inverseCholesky(x: tf.Tensor, iterations = 25): tf.Tensor {
  const [n] = checkMatrix('inverseCholesky', x, true);
  check('inverseCholesky', 'iterations', count(), iterations);
  return tf.tidy(() => {
    const identity = tf.eye(n);
    const index = tf.range(0, n, 1, 'int32');
    const [row, column] = [tf.reshape(index, [n, 1]), tf.reshape(index, [1, n])];
    const below = tf.cast(tf.greater(row, column), 'float32');
    const mask = tf.add(below, tf.mul(identity, 0.5));
    let w: tf.Tensor = tf.div(identity, tf.sqrt(norm(x)));
    for (let i = 0; i < iterations; i++) {
      const e = tf.sub(identity, tf.matMul(tf.matMul(w, x), w, false, true));
      w = tf.add(w, tf.matMul(tf.mul(e, mask), w));
    }
    return w;
  });
}

/** What is added to a Gram matrix of unit columns before it is factored for the first time. */
const shift = 1e-5;

/**
 * Q of the QR decomposition with a diagonal of R that is not negative, by matrix products alone: three rounds
 * of Q ← Q·W^T with W the {@link inverseCholesky} of QᵀQ, the first of them shifted. Columns are brought to
 * length 1 before each.
 *
 * For GPUs, where {@link qr} would have to read back. Meant for matrices whose columns are not too dependent
 * once they have length 1, as a basis that is refreshed: with a condition number up to 1e3 then, QᵀQ is I to
 * about 1e-6, and Q is that of {@link qr}; beyond, up to about 1e5, Q loses digits. A column that depends on
 * earlier ones comes out as zeros or as noise.
 * @param x - [..., m, n] with m >= n; leading axes are a batch
 * @param iterations - of each {@link inverseCholesky}
 */
export function orthonormalize(x: tf.Tensor, iterations = 20): tf.Tensor {
  const [rows, columns] = checkMatrix('orthonormalize', x, false);
  check('orthonormalize', 'iterations', count(), iterations);
  if (rows < columns) {
    throw new RangeError(
      `orthonormalize: at least as many rows as columns are wanted, got ${rows} x ${columns}`,
    );
  }
  return tf.tidy(() => {
    let q: tf.Tensor = tf.divNoNan(x, tf.max(tf.abs(x), -2, true));
    for (const added of [shift, 0, 0]) {
      q = tf.divNoNan(q, tf.sqrt(tf.sum(tf.square(q), -2, true)));
      const gram = tf.add(tf.matMul(q, q, true, false), tf.mul(tf.eye(columns), added));
      q = tf.matMul(q, inverseCholesky(gram, iterations), false, true);
    }
    return q;
  });
}

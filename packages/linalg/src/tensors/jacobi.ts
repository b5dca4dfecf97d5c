// SPDX-License-Identifier: Apache-2.0
// Eigenvectors on the device, by rotations that are made many at a time: nothing is read back.

import { check } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { count } from '../checks.js';
import { checkMatrix } from './matrices.js';

/**
 * Which column stands where after a round, so that in n − 1 rounds each meets each: columns k and k + n/2 are a pair, and
 * all but the first go around as on a round table.
 */
function nextPlaces(n: number): number[] {
  const half = n / 2;
  const seat = (place: number): number => (place < half ? place : n - 1 - (place - half));
  const before = (at: number): number => (at === 0 ? 0 : at === 1 ? n - 1 : at - 1);
  // seat is its own inverse.
  return Array.from({ length: n }, (_, place) => seat(before(seat(place))));
}

/**
 * Eigenvalues w [n] and eigenvectors V [n, n] of a symmetric matrix: `[w, V]`, the largest eigenvalue first, by Jacobi's
 * method: n − 1 rounds a sweep, each of n/2 rotations at once.
 *
 * For GPUs, where {@link eigh} would have to read back; V is orthogonal to about 1e-6. A round is some forty small
 * operations, whatever n is.
 * @param x - [n, n]
 * @param sweeps - their number; 5 to 8 are enough up to some hundreds of columns
 */
export function jacobi(x: tf.Tensor, sweeps = 8): [values: tf.Tensor, vectors: tf.Tensor] {
  const [n] = checkMatrix('jacobi', x, true);
  check('jacobi', 'sweeps', count(), sweeps);
  return tf.tidy(() => {
    // An even number of columns; one of zeros takes no part and ends where it was.
    const size = n + (n % 2);
    const half = size / 2;
    const scale = tf.max(tf.abs(x));
    let a: tf.Tensor = tf.pad(tf.divNoNan(x, scale), [[0, size - n], [0, size - n]]); // prettier-ignore
    let v: tf.Tensor = tf.eye(size);
    const places = tf.tensor1d(nextPlaces(size), 'int32');
    const identity = tf.eye(half);
    /** Rotates pairs along an axis of length n, and lets them change places. */
    const rotate = (y: tf.Tensor, axis: 0 | 1, c: tf.Tensor, s: tf.Tensor): tf.Tensor => {
      const [p, q] = tf.split(y, 2, axis) as [tf.Tensor, tf.Tensor];
      const turned = [tf.sub(tf.mul(p, c), tf.mul(q, s)), tf.add(tf.mul(p, s), tf.mul(q, c))];
      return tf.gather(tf.concat(turned, axis), places, axis);
    };
    for (let round = 0; round < sweeps * (size - 1); round++) {
      [a, v] = tf.tidy(() => {
        const block = (row: number, column: number): tf.Tensor =>
          tf.sum(tf.mul(tf.slice(a, [row, column], [half, half]), identity), 1);
        const [d, b] = [tf.sub(block(half, half), block(0, 0)), tf.mul(block(0, half), 2)];
        const root = tf.sqrt(tf.add(tf.square(d), tf.square(b)));
        const t = tf.mul(
          tf.divNoNan(b, tf.add(tf.abs(d), root)),
          tf.where(tf.less(d, 0), tf.scalar(-1), tf.scalar(1)),
        );
        const c = tf.rsqrt(tf.add(tf.square(t), 1));
        const s = tf.mul(t, c);
        const columns = rotate(a, 1, c, s);
        const rows = rotate(columns, 0, tf.reshape(c, [half, 1]), tf.reshape(s, [half, 1]));
        return [rows, rotate(v, 1, c, s)];
      });
    }
    const diagonal = tf.slice(tf.sum(tf.mul(a, tf.eye(size)), 1), 0, n);
    const { values, indices } = tf.topk(diagonal, n);
    return [tf.mul(values, scale), tf.gather(tf.slice(v, 0, [n, n]), indices, 1)];
  });
}

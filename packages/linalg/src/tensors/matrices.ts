// SPDX-License-Identifier: Apache-2.0
// What the functions of matrices on the device have in common. Leading axes are a batch.

import * as tf from '@tensorflow/tfjs-core';
import { checkTensor } from '../checks.js';

/** Refuses what is not a (batch of) matrices, or, for `square`, not square; gives rows and columns. */
export function checkMatrix(name: string, x: tf.Tensor, square: boolean): [number, number] {
  checkTensor(name, name === 'triangularInverse' ? 't' : 'x', x);
  const { shape } = x;
  const [rows, columns] = shape.slice(-2) as [number, number];
  if (shape.length < 2 || (square && rows !== columns)) {
    const wanted = square ? 'a square matrix' : 'a matrix';
    throw new RangeError(`${name}: ${wanted} is wanted, got shape [${shape.join(', ')}]`);
  }
  return [rows, columns];
}

/** Frobenius norm of each matrix, with both axes of length 1. */
export const norm = (x: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(x), [-2, -1], true));

/** Trace of each symmetric product A·B, with both axes of length 1. */
export const traceOfProduct = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b), [-2, -1], true);

// SPDX-License-Identifier: Apache-2.0
// Matrix products by TensorFlow.js, right and fast on every backend.

import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './shape.js';

/** The permutation that exchanges the last two axes. */
export const exchange = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

/** Shapes in which numbers were a right factor on wasm, whose backend packs them and knows what it packed by the data alone. */
const packed = new WeakMap<object, string>();

/** A right factor that is not packed in another shape: a copy where its numbers are, under another view of them. */
function unpacked(y: tf.Tensor): tf.Tensor {
  const shape = `${y.shape.slice(-2)}`;
  const known = packed.get(y.dataId) ?? shape;
  packed.set(y.dataId, known);
  return known === shape ? y : tf.slice(y, y.shape.map(() => 0), y.shape); // prettier-ignore
}

/**
 * A factor with zeros beyond an odd edge. On webgl a texel holds two by two elements, operations of TensorFlow.js leave
 * anything there, and its `matMul` sums that too.
 */
function trimmed(x: tf.Tensor): tf.Tensor {
  const matrices = tf.reshape(x, [-1, ...x.shape.slice(-2)] as [number, number, number]);
  return tf.reshape(tf.pad(matrices, [[0, 0], [0, 0], [0, 0]]), x.shape); // prettier-ignore
}

/**
 * The product of matrices, which are the last two axes.
 *
 * @param transposed - whether the left, and whether the right factor is taken transposed
 */
export function product(x: tf.Tensor, y: tf.Tensor, [left, right]: readonly [boolean, boolean]): tf.Tensor {
  const backend = tf.getBackend();
  const terms = x.shape.at(left ? -2 : -1)!;
  if (backend === 'webgl' && terms % 2 === 1) {
    return tf.tidy(() => tf.matMul(trimmed(x), trimmed(y), left, right));
  }
  if (backend !== 'wasm') return tf.matMul(x, y, left, right);
  // Its fast kernel takes two matrices, not transposed; everything else runs by one that is ten times slower.
  return tf.tidy(() => {
    const a = left ? tf.transpose(x, exchange(x.rank)) : x;
    const b = right ? tf.transpose(y, exchange(y.rank)) : y;
    if (sizeOf(a.shape.slice(0, -2)) === 1) return tf.matMul(a, unpacked(b));
    const matrices = (all: tf.Tensor): tf.Tensor[] =>
      tf.unstack(tf.reshape(all, [-1, ...all.shape.slice(-2)]));
    const others = matrices(b);
    const products = matrices(a).map((one, i) => tf.matMul(one, others[i]!));
    return tf.reshape(tf.stack(products), [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  });
}

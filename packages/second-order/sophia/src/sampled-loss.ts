// SPDX-License-Identifier: Apache-2.0
// Labels drawn from a model, and the gradient of its loss on them. Nothing is read back.

import { draw, type Key } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What the outputs of a model say of its labels: `'logits'` or `'probabilities'` of classes, along the last axis, or
 * `'means'` of normal distributions with a variance of 1.
 */
export type Outputs = 'logits' | 'probabilities' | 'means';

/** All values of {@link Outputs}. */
export const kinds: readonly Outputs[] = ['logits', 'probabilities', 'means'];

/**
 * One label for each row of probabilities, one-hot: the first class whose cumulated probability exceeds a uniform number.
 *
 * @param p - `[rows, classes]`
 */
export function drawn(p: tf.Tensor, key: Key): tf.Tensor {
  const [rows, classes] = p.shape as [number, number];
  const u = tf.tensor2d(draw('uniform', rows, key), [rows, 1]);
  const C = tf.cumsum(p, 1);
  // Sums of rounded probabilities are not quite 1.
  const end = tf.slice(C, [0, classes - 1], [rows, 1]);
  const passed = tf.cast(tf.lessEqual(C, tf.mul(u, end)), 'int32');
  return tf.cast(tf.oneHot(tf.cast(tf.sum(passed, 1), 'int32'), classes), 'float32');
}

/** The derivative of one row's loss, on a label drawn for it, by the row. */
function derivative(rows: tf.Tensor, outputs: Outputs, key: Key): tf.Tensor {
  if (outputs === 'means') return tf.tensor(draw('normal', rows.size, key), rows.shape);
  if (outputs === 'probabilities') return tf.neg(tf.divNoNan(drawn(rows, key), rows));
  const p = tf.softmax(rows);
  return tf.sub(p, drawn(p, key));
}

/**
 * A scalar whose gradient is that of the mean loss of a model on labels drawn from itself: cross-entropy, or
 * ½‖output − y‖² with y = output + standard normal noise. It is 0 itself.
 *
 * @param output - of the model, the last axis of one example
 */
export function sampledLoss(output: tf.Tensor, outputs: Outputs, key: Key): tf.Scalar {
  const rows = tf.reshape(output, [-1, output.shape.at(-1) ?? 1]);
  const loss = tf.customGrad((...given) => {
    const [x, save] = given as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    save([tf.div(derivative(x, outputs, key), x.shape[0]!)]);
    return { value: tf.scalar(0), gradFunc: (dy, [d]) => tf.mul(dy, d!) };
  });
  return loss(rows) as tf.Scalar;
}

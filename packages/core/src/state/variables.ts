// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** A variable of the optimizer's own, unnamed and not trainable; takes over the tensor. */
export function toVariable(value: tf.Tensor): tf.Variable {
  const variable = tf.variable(value, false);
  value.dispose();
  return variable;
}

/** Whether a variable still exists; `isDisposed` is not set by `tf.disposeVariables()`. */
export function isAlive(variable: tf.Variable): boolean {
  return tf.engine().registeredVariables[variable.name] === variable;
}

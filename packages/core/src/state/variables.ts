// SPDX-License-Identifier: Apache-2.0

import { own } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** A variable of the optimizer's own, unnamed and not trainable, that nobody else reads; takes over the tensor. */
export function toVariable(value: tf.Tensor): tf.Variable {
  const variable = tf.variable(value, false);
  value.dispose();
  own(variable);
  return variable;
}

/** Whether a variable still exists; `isDisposed` is not set by `tf.disposeVariables()`. */
export function isAlive(variable: tf.Variable): boolean {
  return tf.engine().registeredVariables[variable.name] === variable;
}

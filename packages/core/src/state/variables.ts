// SPDX-License-Identifier: Apache-2.0

import { own } from '@optim/fusion';
import { hold } from '@optim/evaluation';
import { readable } from '@optim/state';
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

/** Gives a variable the value of a slot, and the slot that of the variable. */
export function exchange(variable: tf.Variable, slot: tf.Variable): void {
  const was = hold(variable);
  // A copy: the variable may be read there.
  const other = readable(slot);
  variable.assign(other);
  slot.assign(was);
  tf.dispose([was, other]);
}

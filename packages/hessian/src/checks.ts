// SPDX-License-Identifier: Apache-2.0
// What callers may give.

import { outOfRange, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** @throws TypeError for what is no function */
export function checkFunction(caller: string, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw wrongType(caller, name, 'a function', value);
}

/** Whether it is a tensor that has not been disposed. */
export function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor && value.isDisposed === false;
}

/** @throws TypeError for what is no list of variables; RangeError for none, or one twice */
export function checkVariables(caller: string, given: unknown): void {
  // Holes included.
  const variables = Array.isArray(given) ? Array.from(given as unknown[]) : null;
  if (!variables) throw wrongType(caller, 'variables', 'an array of variables', given);
  const wrong = variables.findIndex((each) => !(each instanceof tf.Variable && isTensor(each)));
  if (wrong >= 0) throw wrongType(caller, `variables[${wrong}]`, 'a variable', variables[wrong]);
  const names = (variables as tf.Variable[]).map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length)
    throw outOfRange(caller, 'variables', 'one or more, each once', names);
}

// SPDX-License-Identifier: Apache-2.0
// What callers may give.

import * as tf from '@tensorflow/tfjs-core';

/** How a received value appears in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** @throws TypeError for what is no function */
export function checkFunction(caller: string, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new TypeError(`${caller}: ${name} must be a function, got ${shown(value)}`);
}

/** @throws TypeError for what is no object of options */
export function checkOptions(caller: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new TypeError(`${caller}: options must be an object, got ${shown(value)}`);
}

/** Whether it is a tensor that has not been disposed. */
export function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor && value.isDisposed === false;
}

/** @throws TypeError for what is no list of variables; RangeError for none, or one twice */
export function checkVariables(caller: string, given: unknown): void {
  // Holes included.
  const variables = Array.isArray(given) ? Array.from(given as unknown[]) : null;
  if (!variables)
    throw new TypeError(`${caller}: variables must be an array of variables, got ${shown(given)}`);
  const wrong = variables.findIndex((each) => !(each instanceof tf.Variable && isTensor(each)));
  if (wrong >= 0)
    throw new TypeError(`${caller}: variables[${wrong}] must be a variable, got ${shown(variables[wrong])}`);
  const names = (variables as tf.Variable[]).map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length)
    throw new RangeError(
      `${caller}: variables must be one or more, each once, got [${names.join(', ').slice(0, 200)}]`,
    );
}

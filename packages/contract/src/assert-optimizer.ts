// SPDX-License-Identifier: Apache-2.0

import { show } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';

const methods = [
  'applyGradients',
  'computeGradients',
  'dispose',
  'getClassName',
  'getWeights',
  'minimize',
  'setWeights',
];

/**
 * Refuses what is no optimizer, of ours or of TensorFlow.js.
 *
 * @param what - stands for it in the message
 * @throws TypeError
 */
export function assertOptimizer(
  owner: string,
  given: unknown,
  what = 'optimizer',
): asserts given is tf.Optimizer {
  const has = (name: string): boolean => typeof (given as Record<string, unknown>)[name] === 'function';
  if (typeof given === 'object' && given !== null && methods.every(has)) return;
  throw new TypeError(`${owner}: ${what} must be an optimizer, got ${show(given)}`);
}

// SPDX-License-Identifier: Apache-2.0

import type { NamedGradients } from '@optim/contract';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What is given for a step, safe from it: a variable as a tensor that shares its numbers, and that neither a kernel in place nor
 * an assignment changes. To be called in a tidy.
 */
export function unshared<T extends tf.Tensor | null | undefined>(given: T): T {
  // Not by `instanceof`, which TensorFlow.js defines as a look at several methods.
  return given && 'trainable' in given ? (tf.clone(given) as T) : given;
}

/**
 * Gradients as they were given: one that is a variable keeps its numbers where this is moved. To be called in a tidy.
 */
export function steady(given: NamedGradients): NamedGradients {
  if (Array.isArray(given)) return given.map(({ name, tensor }) => ({ name, tensor: unshared(tensor) }));
  return Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, unshared(tensor)]));
}

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/**
 * What is given for a step, safe from it: a variable as a tensor that shares its numbers, and that neither a kernel in place nor
 * an assignment changes. To be called in a tidy.
 */
export function unshared<T extends tf.Tensor | null | undefined>(given: T): T {
  // Not by `instanceof`, which TensorFlow.js defines as a look at several methods.
  return given && 'trainable' in given ? (tf.clone(given) as T) : given;
}

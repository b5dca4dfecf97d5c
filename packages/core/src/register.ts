// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type { BaseOptimizer } from './contract.js';

/**
 * Makes classes known to TensorFlow.js by their `className`, so that a model saved with the optimizer can be loaded.
 * Packages call it for their own classes when they are imported.
 */
export function register(...classes: (abstract new (...args: never[]) => BaseOptimizer)[]): void {
  for (const cls of classes)
    tf.serialization.registerClass(cls as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
}

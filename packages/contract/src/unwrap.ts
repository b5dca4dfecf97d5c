// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer } from './contract.js';

/** An optimizer and, where it is a wrapper, all it wraps, from the outside in. */
export function unwrap(optimizer: tf.Optimizer): tf.Optimizer[] {
  const inside = optimizer instanceof BaseOptimizer ? (optimizer.inside?.() ?? []) : [];
  return [optimizer, ...inside.flatMap(unwrap)];
}

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import type * as reading from './reading.js';

/** What checks states and weights that come from outside, and finds the variables they belong to. */
export type Reading = typeof reading;

/**
 * Loads it: code of its own, which a page that only trains does not download.
 *
 * @param held - tensors in arrays and objects, which are disposed where it cannot be loaded
 */
export function loadReading(held?: object): Promise<Reading> {
  return import('./reading.js').catch((error: unknown) => {
    tf.dispose(held as never);
    throw error;
  });
}

// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';

/**
 * Classes by name, each with a function that makes one as its specification suggests for a first try.
 *
 * @param steps - how many steps it will be trained for
 */
export type Zoo = Readonly<Record<string, (steps: number) => tf.Optimizer>>;

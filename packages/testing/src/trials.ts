// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';

/**
 * What `test/trial.ts` of a package exports as `trials`: for each of its classes one that is made as the paper or the
 * authors' code suggests for a first try.
 *
 * @param steps - how many steps it will be trained for
 */
export type Trials = Readonly<Record<string, (steps: number) => tf.Optimizer>>;

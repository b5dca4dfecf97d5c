// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (warmup_cosine_decay_schedule), Keras 3.15 and transformers 5.18.

import { defineSchedule, type Schedule } from '@optim/options';
import { cosine } from './arithmetic.js';
import { warmupDecay, warmupDecayTable, type WarmupDecayOptions } from './with-warmup-decay.js';

/**
 * Linear warm-up, then half a cosine wave down: the schedule to take when in doubt, with a warm-up of 1 to
 * 5 % of the run and a minimum of 0 to 10 % of the maximum.
 *
 *     t < w:  initial + (max - initial) * t / w
 *     else:   min + (max - min) * (1 + cos(pi * x)) / 2, x = (min(t, T) - w) / (T - w)
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Step w: `maxLearningRate`.
 * `minLearningRate` appears at step T and is held.
 * Differs from pytorch_optimizer, which climbs back to the maximum after T.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const cosineWithWarmup: (options: WarmupDecayOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<WarmupDecayOptions>(
    'cosineWithWarmup',
    warmupDecayTable,
    (options) => warmupDecay('cosineWithWarmup', options, cosine),
    ({ warmupSteps }) => [0, warmupSteps],
  );

// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (join_schedules) and transformers 5.18.

import { defineSchedule, type Schedule } from '@optim/options';
import { warmupDecay, warmupDecayTable, type WarmupDecayOptions } from './with-warmup-decay.js';

/**
 * Linear warm-up, then a straight line down.
 *
 *     t < w:  initial + (max - initial) * t / w
 *     else:   min + (max - min) * (1 - x), x = (min(t, T) - w) / (T - w)
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Step w: `maxLearningRate`.
 * `minLearningRate` appears at step T and is held.
 * Differs from pytorch_optimizer, where the rate keeps falling after T and becomes negative.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const linearWithWarmup: (options: WarmupDecayOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<WarmupDecayOptions>(
    'linearWithWarmup',
    warmupDecayTable,
    (options) => warmupDecay('linearWithWarmup', options, (x) => 1 - x),
    ({ warmupSteps }) => [0, warmupSteps],
  );

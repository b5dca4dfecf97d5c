// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (join_schedules), transformers 5.18 and timm 1.0.29.

import { defineSchedule, real, type Schedule } from '@optim/options';
import { warmupDecay, warmupDecayTable, type WarmupDecayOptions } from './with-warmup-decay.js';

/** Options of {@link polynomialWithWarmup}. */
export interface PolynomialWithWarmupOptions extends WarmupDecayOptions {
  /** Power of the decay; in (0, ∞), default 1. */
  power?: number;
}

/**
 * Linear warm-up, then a decay as a power of the remaining time.
 *
 *     t < w:  initial + (max - initial) * t / w
 *     else:   min + (max - min) * (1 - x)^power, x = (min(t, T) - w) / (T - w)
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Step w: `maxLearningRate`.
 * `minLearningRate` appears at step T and is held.
 * Differs from pytorch_optimizer's PolyScheduler, which grows; see `inversePowerWithWarmup` for what that
 * was copied from.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const polynomialWithWarmup: (options: PolynomialWithWarmupOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<PolynomialWithWarmupOptions>(
    'polynomialWithWarmup',
    { ...warmupDecayTable, power: real('(0, ∞)', 1) },
    (options) => warmupDecay('polynomialWithWarmup', options, (x) => (1 - x) ** options.power),
    ({ warmupSteps }) => [0, warmupSteps],
  );

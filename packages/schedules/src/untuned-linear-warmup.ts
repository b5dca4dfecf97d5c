// SPDX-License-Identifier: Apache-2.0
// arXiv:1910.04209; checked against the paper and pytorch_warmup, which cuts the period to a whole number.

import { defineSchedule, real, type Schedule } from '@optim/options';

/** Options of {@link untunedLinearWarmup} and `untunedExponentialWarmup`. */
export interface UntunedWarmupOptions {
  /** Rate after the warm-up; 1 makes the schedule a factor; in [0, ∞), default 1. */
  learningRate?: number;
  /** The optimizer's beta2; in [0, 1), default 0.999. */
  beta2?: number;
}

/**
 * The linear warm-up that Adam's beta2 implies, as a rate or as a factor:
 * `multiply([schedule, untunedLinearWarmup({ beta2 })])` dampens the start of another schedule.
 *
 *     s = t + 1
 *     learningRate * min(1, s * (1 - beta2) / 2)
 *
 * First update: `learningRate * (1 - beta2) / 2`. `learningRate` appears at step ceil(2 / (1 - beta2)) - 1
 * and is held. Not for RAdam, which warms up by itself.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Ma and Yarats 2019, arXiv:1910.04209
 */
export const untunedLinearWarmup: (options: UntunedWarmupOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<UntunedWarmupOptions>(
    'untunedLinearWarmup',
    { learningRate: real('[0, ∞)', 1), beta2: real('[0, 1)', 0.999) },
    ({ learningRate, beta2 }) =>
      (t) =>
        learningRate * Math.min(1, ((t + 1) * (1 - beta2)) / 2),
    ({ beta2 }) => [2 / (1 - beta2)],
  );

// SPDX-License-Identifier: Apache-2.0
// arXiv:1910.04209; checked against the paper and pytorch_warmup, which cuts the period to a whole number.

import { defineSchedule, real, type Schedule } from '@optim/options';
import type { UntunedWarmupOptions } from './untuned-linear-warmup.js';

/**
 * The exponential warm-up that Adam's beta2 implies, as a rate or as a factor:
 * `multiply([schedule, untunedExponentialWarmup({ beta2 })])` dampens the start of another schedule.
 *
 *     s = t + 1
 *     learningRate * (1 - exp(-(1 - beta2) * s))
 *
 * First update: `learningRate * (1 - exp(beta2 - 1))`. `learningRate` is approached, never reached. Not for
 * RAdam, which warms up by itself.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Ma and Yarats 2019, arXiv:1910.04209
 */
export const untunedExponentialWarmup: (options: UntunedWarmupOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<UntunedWarmupOptions>(
    'untunedExponentialWarmup',
    { learningRate: real('[0, ∞)', 1), beta2: real('[0, 1)', 0.999) },
    ({ learningRate, beta2 }) =>
      (t) =>
        learningRate * (1 - Math.exp(-(1 - beta2) * (t + 1))),
    ({ beta2 }) => [40 / (1 - beta2)],
  );

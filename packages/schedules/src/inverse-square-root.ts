// SPDX-License-Identifier: Apache-2.0
// Checked against transformers 5.18 (get_inverse_sqrt_schedule).

import { defineSchedule, integer, nullable, outOfRange, real, type Schedule } from '@optim/options';
import { warmUp } from './arithmetic.js';

/** Options of {@link inverseSquareRoot}. */
export interface InverseSquareRootOptions {
  /** Rate at the end of the warm-up; in [0, ∞). */
  maxLearningRate: number;
  /** Steps of warm-up (w); an integer in [0, ∞). */
  warmupSteps: number;
  /** Steps after the warm-up until the rate is max / sqrt(2) (k); in (0, ∞), default `warmupSteps`. */
  timescale?: number | null;
  /** Rate of the first update where there is a warm-up; in [0, ∞), default 0. */
  initialLearningRate?: number;
}

/**
 * Linear warm-up, then a decay as an inverse square root.
 *
 *     t < w:  initial + (max - initial) * t / w
 *     else:   max * sqrt(k / (t - w + k))
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Step w: `maxLearningRate`. No
 * final value.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range, among them a `timescale`
 * that is not given where `warmupSteps` is 0.
 */
export const inverseSquareRoot: (options: InverseSquareRootOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<InverseSquareRootOptions>(
    'inverseSquareRoot',
    {
      maxLearningRate: real('[0, ∞)'),
      warmupSteps: integer('[0, ∞)'),
      timescale: nullable(real('(0, ∞)')),
      initialLearningRate: real('[0, ∞)', 0),
    },
    ({ maxLearningRate: max, warmupSteps: w, timescale, initialLearningRate: initial }) => {
      const k = timescale ?? w;
      if (k === 0)
        throw outOfRange('inverseSquareRoot', 'timescale', 'given when warmupSteps is 0', timescale);
      return warmUp(initial, max, w, (t) => max * Math.sqrt(k / (t - w + k)));
    },
    ({ warmupSteps }) => [0, warmupSteps],
  );

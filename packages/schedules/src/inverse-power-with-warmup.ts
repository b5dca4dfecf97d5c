// SPDX-License-Identifier: Apache-2.0
// arXiv:2203.08065 (GSAM); checked against the authors' PolyScheduler (their order is -power).

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { mix, warmUp } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link inversePowerWithWarmup}. */
export interface InversePowerWithWarmupOptions {
  /** Rate at the end of the warm-up; in [0, ∞). */
  maxLearningRate: number;
  /** What the rate decays towards; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Rate of the first update where there is a warm-up; in [0, ∞), default 0. */
  initialLearningRate?: number;
  /** Steps of warm-up (w); an integer in [0, ∞), default 0. */
  warmupSteps?: number;
  /** Power of the decay; in [0, ∞), default 0.5. */
  power?: number;
}

/**
 * Linear warm-up, then a decay as an inverse power of the steps since.
 *
 *     t < w:  initial + (max - initial) * t / w
 *     else:   min + (max - min) * max(1, t - w)^(-power)
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Steps w and w + 1:
 * `maxLearningRate`. No final value.
 * Differs from pytorch_optimizer, which turned the sign of the power round.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Zhuang et al. 2022, arXiv:2203.08065
 */
export const inversePowerWithWarmup: (options: InversePowerWithWarmupOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<InversePowerWithWarmupOptions>(
    'inversePowerWithWarmup',
    {
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      initialLearningRate: real('[0, ∞)', 0),
      warmupSteps: integer('[0, ∞)', 0),
      power: real('[0, ∞)', 0.5),
    },
    (options) => {
      checkOrder('inversePowerWithWarmup', options, 'minLearningRate', 'maxLearningRate');
      const {
        maxLearningRate: max,
        minLearningRate: min,
        initialLearningRate,
        warmupSteps: w,
        power,
      } = options;
      return warmUp(initialLearningRate, max, w, (t) => mix(min, max, Math.max(1, t - w) ** -power));
    },
    ({ warmupSteps }) => [0, warmupSteps],
  );

// SPDX-License-Identifier: Apache-2.0
// arXiv:2107.04197; checked against pytorch_optimizer's REXScheduler, RexLRScheduler and REX_LR.

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link rex}. */
export interface RexOptions {
  /** Rate of the first update; in [0, ∞). */
  maxLearningRate: number;
  /** Rate from step `totalSteps` on; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Steps from the maximum to the minimum (T); an integer in [1, ∞). */
  totalSteps: number;
  /** Shape: 1 is a straight line, smaller stays high for longer; in (0, 1], default 0.5, the paper's. */
  beta?: number;
}

/**
 * Reflected exponential decay: slow at first, steep at the end. For short budgets.
 *
 *     z = 1 - min(t, T) / T
 *     min + (max - min) * z / (beta + (1 - beta) * z)
 *
 * First update: `maxLearningRate`. `minLearningRate` appears at step T and is held.
 * Differs from pytorch_optimizer, which uses the minimum for the first update.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Chen, Wolfe and Kyrillidis 2021, arXiv:2107.04197
 */
export const rex: (options: RexOptions) => Schedule = /* #__PURE__ */ defineSchedule<RexOptions>(
  'rex',
  {
    maxLearningRate: real('[0, ∞)'),
    minLearningRate: real('[0, ∞)', 0),
    totalSteps: integer('[1, ∞)'),
    beta: real('(0, 1]', 0.5),
  },
  (options) => {
    checkOrder('rex', options, 'minLearningRate', 'maxLearningRate');
    const { maxLearningRate: max, minLearningRate: min, totalSteps: T, beta } = options;
    return (t) => {
      const z = 1 - Math.min(t, T) / T;
      return mix(min, max, z / mix(beta, 1, z));
    };
  },
  () => [0],
);

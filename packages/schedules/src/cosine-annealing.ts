// SPDX-License-Identifier: Apache-2.0
// arXiv:1608.03983, without restarts; checked against optax 0.2.8, Keras 3.15 and, up to T, torch 2.13.

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { cosine, mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link cosineAnnealing}. */
export interface CosineAnnealingOptions {
  /** Rate of the first update; in [0, ∞). */
  maxLearningRate: number;
  /** Rate from step `totalSteps` on; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Steps from the maximum to the minimum (T); an integer in [1, ∞). */
  totalSteps: number;
  /** Power the cosine is raised to; in (0, ∞), default 1. */
  exponent?: number;
}

/**
 * Half a cosine wave from the maximum down to the minimum.
 *
 *     min + (max - min) * ((1 + cos(pi * min(t, T) / T)) / 2)^exponent
 *
 * First update: `maxLearningRate`. `minLearningRate` appears at step T and is held.
 * Differs from torch's CosineAnnealingLR, which climbs back to the maximum after T.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Loshchilov and Hutter 2016, arXiv:1608.03983
 */
export const cosineAnnealing: (options: CosineAnnealingOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<CosineAnnealingOptions>(
    'cosineAnnealing',
    {
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      totalSteps: integer('[1, ∞)'),
      exponent: real('(0, ∞)', 1),
    },
    (options) => {
      checkOrder('cosineAnnealing', options, 'minLearningRate', 'maxLearningRate');
      const { maxLearningRate: max, minLearningRate: min, totalSteps: T, exponent } = options;
      return (t) => mix(min, max, cosine(Math.min(t, T) / T) ** exponent);
    },
    () => [0],
  );

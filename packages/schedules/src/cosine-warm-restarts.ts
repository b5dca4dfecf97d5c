// SPDX-License-Identifier: Apache-2.0
// arXiv:1608.03983 (SGDR); checked against torch 2.13 (plain `step()`), timm 1.0.29 and Keras 3.15.

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { cosine, cycleAt, mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link cosineWarmRestarts}. */
export interface CosineWarmRestartsOptions {
  /** Peak of the first cycle; in [0, ∞). */
  maxLearningRate: number;
  /** What every cycle decays towards; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Steps of the first cycle; an integer in [1, ∞). */
  firstCycleSteps: number;
  /** How much longer each cycle is than the one before, not necessarily whole; in [1, ∞), default 1. */
  cycleMultiplier?: number;
  /** Factor of the peak from one cycle to the next; in (0, 1], default 1. */
  gamma?: number;
}

/**
 * Cosine decay that starts over for ever, at a new peak.
 *
 *     cycle c begins at s_c and lasts L_c: s_0 = 0, L_0 = firstCycleSteps, L_(c+1) = L_c * cycleMultiplier
 *     min + (max * gamma^c - min) * (1 + cos(pi * (t - s_c) / L_c)) / 2
 *
 * First update: `maxLearningRate`. A restart's own step already has the new peak; the minimum itself is
 * approached, never reached. No final value.
 * Differs from Keras, which shrinks the amplitude (max - min) instead of the peak; equal for min = 0.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Loshchilov and Hutter 2016, arXiv:1608.03983
 */
export const cosineWarmRestarts: (options: CosineWarmRestartsOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<CosineWarmRestartsOptions>(
    'cosineWarmRestarts',
    {
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      firstCycleSteps: integer('[1, ∞)'),
      cycleMultiplier: real('[1, ∞)', 1),
      gamma: real('(0, 1]', 1),
    },
    (options) => {
      checkOrder('cosineWarmRestarts', options, 'minLearningRate', 'maxLearningRate');
      const { maxLearningRate: max, minLearningRate: min, firstCycleSteps, cycleMultiplier, gamma } = options;
      return (t) => {
        const { c, u, L } = cycleAt(t, firstCycleSteps, (length) => length * cycleMultiplier);
        return mix(min, max * gamma ** c, cosine(u / L));
      };
    },
    () => [0],
  );

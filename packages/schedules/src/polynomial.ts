// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (PolynomialLR), optax 0.2.8 and Keras 3.15 (PolynomialDecay, also with cycle).

import { defineSchedule, flag, integer, real, type Schedule } from '@optim/options';
import { mix } from './arithmetic.js';

/** Options of {@link polynomial}. */
export interface PolynomialOptions {
  /** Rate of the first update; in [0, ∞). */
  learningRate: number;
  /** Rate at step `totalSteps`; in [0, ∞), default 0. */
  endLearningRate?: number;
  /** Steps from the first rate to the end rate (T); an integer in [1, ∞). */
  totalSteps: number;
  /** Power of the decay; in (0, ∞), default 1. */
  power?: number;
  /**
   * Whether to start over, stretched to the next multiple of `totalSteps`, instead of holding; default false.
   */
  cycle?: boolean;
}

/**
 * Decays as a power of the remaining time.
 *
 *     u = min(t, T), D = T;  with cycle u = t, D = T * max(1, ceil(t / T))
 *     end + (learningRate - end) * (1 - u / D)^power
 *
 * First update: `learningRate`. `endLearningRate` appears at step T and is held; with `cycle` it appears at
 * every multiple of T, and the rate jumps up on the step after.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const polynomial: (options: PolynomialOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<PolynomialOptions>(
    'polynomial',
    {
      learningRate: real('[0, ∞)'),
      endLearningRate: real('[0, ∞)', 0),
      totalSteps: integer('[1, ∞)'),
      power: real('(0, ∞)', 1),
      cycle: flag(false),
    },
    ({ learningRate, endLearningRate: end, totalSteps: T, power, cycle }) =>
      (t) => {
        const u = cycle ? t : Math.min(t, T);
        const D = cycle ? T * Math.max(1, Math.ceil(t / T)) : T;
        return mix(end, learningRate, (1 - u / D) ** power);
      },
    ({ totalSteps }) => [0, totalSteps],
  );

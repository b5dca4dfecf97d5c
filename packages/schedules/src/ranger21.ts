// SPDX-License-Identifier: Apache-2.0
// arXiv:2106.13731; checked against the authors' Ranger21.

import { defineSchedule, integer, nullable, outOfRange, real, type Schedule } from '@optim/options';
import { mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link ranger21}. */
export interface Ranger21Options {
  /** Rate between warm-up and warm-down; in [0, ∞). */
  learningRate: number;
  /** Updates of the whole run (T); an integer in [1, ∞). */
  totalSteps: number;
  /** The optimizer's beta2, from which the warm-up's length follows; in [0, 1), default 0.999. */
  beta2?: number;
  /**
   * Steps of warm-up; an integer in [0, ∞), default ceil(2 / (1 - beta2)), or floor(0.22 * T) where that is
   * more than 45 % of the run.
   */
  warmupSteps?: number | null;
  /** Steps of warm-down, at most `totalSteps`; an integer in [0, ∞), default T - floor(0.72 * T). */
  warmdownSteps?: number | null;
  /** Rate of the last update; in [0, `learningRate`], default 3e-5. */
  minLearningRate?: number;
}

/** Steps of the warm-up and of the warm-down. */
function lengthsOf({ totalSteps: T, beta2, ...options }: Required<Ranger21Options>): {
  warmupSteps: number;
  warmdownSteps: number;
} {
  const W = Math.ceil(2 / (1 - beta2));
  return {
    warmupSteps: options.warmupSteps ?? (W / T > 0.45 ? Math.floor(0.22 * T) : W),
    warmdownSteps: options.warmdownSteps ?? T - Math.floor(0.72 * T),
  };
}

/**
 * Ranger21's own schedule: linear warm-up, a plateau, linear warm-down.
 *
 *     s = t + 1, S = T - warmdownSteps
 *     warmdownSteps > 0 and s >= S:
 *       learningRate - (learningRate - min) * min(1, (s + 1 - S) / (warmdownSteps + 1))
 *     else: learningRate * min(1, s / warmupSteps)
 *
 * First update: `learningRate / warmupSteps` (`learningRate` without a warm-up). `minLearningRate` appears at
 * step T - 1, the last of T updates, and is held. Where the two overlap, the warm-down rules.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Wright and Demeure 2021, arXiv:2106.13731
 */
export const ranger21: (options: Ranger21Options) => Schedule =
  /* #__PURE__ */ defineSchedule<Ranger21Options>(
    'ranger21',
    {
      learningRate: real('[0, ∞)'),
      totalSteps: integer('[1, ∞)'),
      beta2: real('[0, 1)', 0.999),
      warmupSteps: nullable(integer('[0, ∞)')),
      warmdownSteps: nullable(integer('[0, ∞)')),
      minLearningRate: real('[0, ∞)', 3e-5),
    },
    (options) => {
      checkOrder('ranger21', options, 'minLearningRate', 'learningRate');
      const { learningRate, totalSteps: T, minLearningRate: min } = options;
      const { warmupSteps, warmdownSteps } = lengthsOf(options);
      if (warmdownSteps > T) {
        throw outOfRange('ranger21', 'warmdownSteps', `at most totalSteps (${T})`, warmdownSteps);
      }
      const S = T - warmdownSteps;
      return (t) => {
        const s = t + 1;
        if (warmdownSteps > 0 && s >= S) {
          return mix(learningRate, min, Math.min(1, (s + 1 - S) / (warmdownSteps + 1)));
        }
        return warmupSteps === 0 ? learningRate : learningRate * Math.min(1, s / warmupSteps);
      };
    },
    (options) => {
      const { warmupSteps, warmdownSteps } = lengthsOf(options);
      const S = options.totalSteps - warmdownSteps;
      // The end of the warm-up; or, where it is cut short, the last of its steps or the first of the warm-down.
      return [0, warmupSteps - 1, S - 2, S - 1].filter((step) => step >= 0);
    },
  );

// SPDX-License-Identifier: Apache-2.0
// arXiv:1608.03983 with a warm-up in every cycle; checked against katsura-jp's CosineAnnealingWarmupRestarts.

import { defineSchedule, integer, outOfRange, real, type Schedule } from '@optim/options';
import { cosine, cycleAt, mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link cosineWarmupRestarts}. */
export interface CosineWarmupRestartsOptions {
  /** Peak of the first cycle; in [0, ∞). */
  maxLearningRate: number;
  /** Where every warm-up begins and every decay leads; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Steps of the first cycle, warm-up included; an integer in [1, ∞). */
  firstCycleSteps: number;
  /** How much longer the decay of each cycle is than the one before; in (0, ∞), default 1. */
  cycleMultiplier?: number;
  /** Steps of warm-up in every cycle (w), fewer than `firstCycleSteps`; an integer in [0, ∞), default 0. */
  warmupSteps?: number;
  /** Factor of the peak from one cycle to the next, not clamped to the minimum; in (0, 1], default 1. */
  gamma?: number;
}

/**
 * {@link cosineWarmRestarts} with a linear warm-up at the start of every cycle, and whole cycle lengths.
 *
 *     L_(c+1) = max(1, floor((L_c - w) * cycleMultiplier)) + w, P = max * gamma^c, u = t - s_c
 *     u < w:  min + (P - min) * u / w
 *     else:   min + (P - min) * (1 + cos(pi * (u - w) / (L_c - w))) / 2
 *
 * First update: `minLearningRate` (`maxLearningRate` without a warm-up). No final value.
 * Differs from its origin, which keeps the minimum for the first update even without a warm-up, and whose
 * cycles never reach their peak once the decay has shrunk to nothing.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Loshchilov and Hutter 2016, arXiv:1608.03983
 */
export const cosineWarmupRestarts: (options: CosineWarmupRestartsOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<CosineWarmupRestartsOptions>(
    'cosineWarmupRestarts',
    {
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      firstCycleSteps: integer('[1, ∞)'),
      cycleMultiplier: real('(0, ∞)', 1),
      warmupSteps: integer('[0, ∞)', 0),
      gamma: real('(0, 1]', 1),
    },
    (options) => {
      checkOrder('cosineWarmupRestarts', options, 'minLearningRate', 'maxLearningRate');
      const { maxLearningRate: max, minLearningRate: min, firstCycleSteps, cycleMultiplier, gamma } = options;
      const w = options.warmupSteps;
      if (w >= firstCycleSteps) {
        throw outOfRange(
          'cosineWarmupRestarts',
          'warmupSteps',
          `less than firstCycleSteps (${firstCycleSteps})`,
          w,
        );
      }
      const nextLength = (length: number): number =>
        Math.max(1, Math.floor((length - w) * cycleMultiplier)) + w;
      return (t) => {
        const { c, u, L } = cycleAt(t, firstCycleSteps, nextLength);
        const P = max * gamma ** c;
        return mix(min, P, u < w ? u / w : cosine((u - w) / (L - w)));
      };
    },
    ({ warmupSteps }) => [0, warmupSteps],
  );

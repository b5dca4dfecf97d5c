// SPDX-License-Identifier: Apache-2.0
// arXiv:2003.03977 (Explore-Exploit); checked against the authors' code.

import { defineSchedule, integer, outOfRange, real, type Schedule } from '@optim/options';

/** Options of {@link knee}. */
export interface KneeOptions {
  /** Rate of the exploration; in [0, ∞). */
  maxLearningRate: number;
  /** Steps of warm-up (w); an integer in [0, ∞), default 0. */
  warmupSteps?: number;
  /** Steps at the maximum after the warm-up, half the run as the authors suggest; an integer in [0, ∞). */
  exploreSteps: number;
  /** Steps of the whole run (T), at least `warmupSteps + exploreSteps`; an integer in [1, ∞). */
  totalSteps: number;
}

/**
 * Explore at a high rate, then exploit while it falls to zero.
 *
 *     s = t + 1, D = T - w - exploreSteps
 *     s <= w:                 max * s / w
 *     s <= w + exploreSteps:  max
 *     s < T:                  max * (T - s) / D
 *     else:                   0
 *
 * First update: `maxLearningRate / w` (`maxLearningRate` without a warm-up). 0 appears at step T - 1, the
 * last of T updates, as in the authors' code, and is held; pass T + 1 to avoid that.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Iyer et al. 2020, arXiv:2003.03977
 */
export const knee: (options: KneeOptions) => Schedule = /* #__PURE__ */ defineSchedule<KneeOptions>(
  'knee',
  {
    maxLearningRate: real('[0, ∞)'),
    warmupSteps: integer('[0, ∞)', 0),
    exploreSteps: integer('[0, ∞)'),
    totalSteps: integer('[1, ∞)'),
  },
  ({ maxLearningRate: max, warmupSteps: w, exploreSteps, totalSteps: T }) => {
    const D = T - w - exploreSteps;
    if (D < 0) throw outOfRange('knee', 'totalSteps', `at least warmupSteps + exploreSteps (${T - D})`, T);
    return (t) => {
      const s = t + 1;
      if (s <= w) return (max * s) / w;
      if (s <= w + exploreSteps) return max;
      return s < T ? (max * (T - s)) / D : 0;
    };
  },
  ({ warmupSteps: w }) => [0, Math.max(0, w - 1), w],
);

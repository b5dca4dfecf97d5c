// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (join_schedules) and torch 2.13 (SequentialLR).

import { defineSchedule, outOfRange, type Schedule } from '@optim/options';
import { boundarySteps, someSchedules } from './rows.js';

/** Options of {@link join}. */
export interface JoinOptions {
  /** The schedules, in the order in which they rule. */
  schedules: readonly Schedule[];
  /**
   * Steps at which the next schedule takes over, one fewer than schedules: strictly increasing positive
   * integers.
   */
  boundaries: readonly number[];
}

/** The peak of each stretch; all its steps where it ends before that. */
function peaksOf({ schedules, boundaries }: Required<JoinOptions>): readonly number[] {
  if (schedules.some(({ peak }) => !peak)) return [];
  return schedules.flatMap(({ peak }, k) => {
    const start = boundaries[k - 1] ?? 0;
    const length = (boundaries[k] ?? Infinity) - start;
    return peak!.step < length ? start + peak!.step : Array.from({ length }, (_, t) => start + t);
  });
}

/**
 * One schedule after the other. At a boundary the later one rules, at its own step 0.
 *
 *     k = number of boundaries <= t
 *     the value of schedule k at step t - (k > 0 ? boundaries[k - 1] : 0)
 *
 * First update: as the first schedule. After the last boundary: as the last one.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range, or lists whose lengths
 * disagree.
 */
export const join: (options: JoinOptions) => Schedule = /* #__PURE__ */ defineSchedule<JoinOptions>(
  'join',
  { schedules: someSchedules, boundaries: boundarySteps },
  ({ schedules, boundaries }) => {
    if (boundaries.length !== schedules.length - 1) {
      const wanted = `one fewer than schedules (${schedules.length - 1})`;
      throw outOfRange('join', 'boundaries', wanted, boundaries);
    }
    return (t) => {
      const k = boundaries.filter((b) => b <= t).length;
      return schedules[k]!(t - (boundaries[k - 1] ?? 0));
    };
  },
  peaksOf,
);

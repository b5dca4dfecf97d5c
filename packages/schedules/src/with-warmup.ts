// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (join_schedules) and torch 2.13 (SequentialLR with a LinearLR first).

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { warmUp } from './arithmetic.js';
import { aSchedule, peaksIn } from './rows.js';

/** Options of {@link withWarmup}. */
export interface WithWarmupOptions {
  /** Steps of warm-up (w); an integer in [0, ∞). */
  warmupSteps: number;
  /** Rate of the first update; in [0, ∞), default 0. */
  initialLearningRate?: number;
}

/** {@link withWarmup} from one object, as a configuration holds it. */
export const withWarmupFactory: (options: WithWarmupOptions & { schedule: Schedule }) => Schedule =
  /* #__PURE__ */ defineSchedule<WithWarmupOptions & { schedule: Schedule }>(
    'withWarmup',
    { schedule: aSchedule, warmupSteps: integer('[0, ∞)'), initialLearningRate: real('[0, ∞)', 0) },
    ({ schedule, warmupSteps: w, initialLearningRate: initial }) =>
      warmUp(initial, schedule(0), w, (t) => schedule(t - w)),
    ({ schedule, warmupSteps: w }) => peaksIn(schedule, (p) => [0, w + p]),
  );

/**
 * A linear warm-up to the first value of a schedule, which begins at its own step 0 when the warm-up ends.
 *
 *     p = schedule(0)
 *     t < w:  initial + (p - initial) * t / w
 *     else:   schedule(t - w)
 *
 * First update: `initialLearningRate`. The final value follows from the schedule. Without steps of warm-up
 * the result is the schedule itself.
 *
 * @param schedule - what follows the warm-up
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export function withWarmup(schedule: Schedule, options: WithWarmupOptions): Schedule {
  const warmed = withWarmupFactory({ ...options, schedule });
  return options.warmupSteps === 0 ? schedule : warmed;
}

// SPDX-License-Identifier: Apache-2.0

import { defineSchedule, real, type Schedule } from '@optim/options';
import { aSchedule, peaksIn } from './rows.js';

/** {@link scale} from one object, as a configuration holds it. */
export const scaleFactory: (options: { schedule: Schedule; factor: number }) => Schedule =
  /* #__PURE__ */ defineSchedule<{ schedule: Schedule; factor: number }>(
    'scale',
    { schedule: aSchedule, factor: real('[0, ∞)') },
    ({ schedule, factor }) =>
      (t) =>
        factor * schedule(t),
    ({ schedule }) => peaksIn(schedule, (p) => [p]),
  );

/**
 * A schedule times a number: `factor * schedule(t)`. First and final value follow from the schedule.
 *
 * @param schedule - what to scale
 * @param factor - what every value is multiplied by; in [0, ∞)
 * @throws TypeError, RangeError for an argument that is missing or outside its range.
 */
export function scale(schedule: Schedule, factor: number): Schedule {
  return scaleFactory({ schedule, factor });
}

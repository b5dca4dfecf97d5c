// SPDX-License-Identifier: Apache-2.0

import { defineSchedule, integer, type Schedule } from '@optim/options';
import { aSchedule, peaksIn } from './rows.js';

/** {@link perEpoch} from one object, as a configuration holds it. */
export const perEpochFactory: (options: { schedule: Schedule; stepsPerEpoch: number }) => Schedule =
  /* #__PURE__ */ defineSchedule<{ schedule: Schedule; stepsPerEpoch: number }>(
    'perEpoch',
    { schedule: aSchedule, stepsPerEpoch: integer('[1, ∞)') },
    ({ schedule, stepsPerEpoch }) =>
      (t) =>
        schedule(Math.floor(t / stepsPerEpoch)),
    ({ schedule, stepsPerEpoch: n }) => peaksIn(schedule, (p) => [Math.floor(p) * n, Math.ceil(p) * n]),
  );

/**
 * A schedule counted in epochs: `schedule(floor(t / stepsPerEpoch))`. First and final value follow from the
 * schedule, every step of which lasts one epoch.
 *
 * @param schedule - a schedule whose steps are epochs
 * @param stepsPerEpoch - updates in an epoch; an integer in [1, ∞)
 * @throws TypeError, RangeError for an argument that is missing or outside its range.
 */
export function perEpoch(schedule: Schedule, stepsPerEpoch: number): Schedule {
  return perEpochFactory({ schedule, stepsPerEpoch });
}

// SPDX-License-Identifier: Apache-2.0

import { defineSchedule, type Schedule } from '@optim/options';
import { someSchedules } from './rows.js';

/** A step at which all factors are largest at once, if there is one. */
function peaksOf({ schedules }: { schedules: readonly Schedule[] }): readonly number[] {
  const steps = schedules.flatMap(({ peak }) => (peak ? [peak.step] : []));
  return steps.filter((step) => schedules.every((schedule) => schedule(step) === schedule.peak?.value));
}

/** {@link multiply} from one object, as a configuration holds it. */
export const multiplyFactory: (options: { schedules: readonly Schedule[] }) => Schedule =
  /* #__PURE__ */ defineSchedule<{ schedules: readonly Schedule[] }>(
    'multiply',
    { schedules: someSchedules },
    ({ schedules }) =>
      (t) =>
        schedules.reduce((product, schedule) => product * schedule(t), 1),
    peaksOf,
  );

/**
 * The product of schedules, all at the same step. First and final value follow from them.
 *
 * @param schedules - the factors
 * @throws TypeError, RangeError for an argument that is missing, not a schedule, or empty.
 */
export function multiply(schedules: readonly Schedule[]): Schedule {
  return multiplyFactory({ schedules });
}

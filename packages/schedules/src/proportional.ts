// SPDX-License-Identifier: Apache-2.0
// arXiv:2203.08065 (GSAM's rho); checked against the authors' ProportionScheduler.

import { defineSchedule, outOfRange, real, type Schedule } from '@optim/options';
import { mix } from './arithmetic.js';
import { aSchedule, checkOrder, peaksIn } from './rows.js';

/** Options of {@link proportional}. */
export interface ProportionalOptions {
  /** The rate at which the value is `maxValue`; in [0, ∞). */
  maxLearningRate: number;
  /** The rate at which the value is `minValue`; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** The value that goes with `maxLearningRate`; any finite number. */
  maxValue: number;
  /**
   * The value that goes with `minLearningRate`, equal to `maxValue` where the two rates are equal; at most
   * `maxValue`.
   */
  minValue: number;
}

/** {@link proportional} from one object, as a configuration holds it. */
export const proportionalFactory: (options: ProportionalOptions & { schedule: Schedule }) => Schedule =
  /* #__PURE__ */ defineSchedule<ProportionalOptions & { schedule: Schedule }>(
    'proportional',
    {
      schedule: aSchedule,
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      maxValue: real('(-∞, ∞)'),
      minValue: real('(-∞, ∞)'),
    },
    (options) => {
      checkOrder('proportional', options, 'minLearningRate', 'maxLearningRate');
      checkOrder('proportional', options, 'minValue', 'maxValue');
      const { schedule, maxLearningRate: max, minLearningRate: min, maxValue, minValue } = options;
      if (max === min) {
        if (minValue === maxValue) return () => maxValue;
        throw outOfRange(
          'proportional',
          'minValue',
          `maxValue (${maxValue}) where the rates are equal`,
          minValue,
        );
      }
      return (t) => mix(minValue, maxValue, (schedule(t) - min) / (max - min));
    },
    ({ schedule }) => peaksIn(schedule, (p) => [p]),
  );

/**
 * Another hyper-parameter in step with a learning rate, such as GSAM's rho.
 *
 *     minValue + (maxValue - minValue) * (schedule(t) - min) / (max - min)
 *
 * First and final value follow from the schedule. A straight line, not clamped: a warm-up that begins below
 * `minLearningRate` gives values below `minValue`. `maxValue` throughout where the two rates are equal.
 *
 * @param schedule - the learning rate
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Zhuang et al. 2022, arXiv:2203.08065
 */
export function proportional(schedule: Schedule, options: ProportionalOptions): Schedule {
  return proportionalFactory({ ...options, schedule });
}

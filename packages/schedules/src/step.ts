// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (StepLR).

import { defineSchedule, integer, real, type Schedule } from '@optim/options';

/** Options of {@link step}. */
export interface StepOptions {
  /** Rate of the first update; in [0, ∞). */
  learningRate: number;
  /** Steps between two drops; an integer in [1, ∞). */
  stepSize: number;
  /** Factor of every drop; in (0, ∞), default 0.1. */
  gamma?: number;
}

/**
 * Drops by a factor every `stepSize` steps.
 *
 *     learningRate * gamma^floor(t / stepSize)
 *
 * First update: `learningRate`. No final value: the drops go on.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const step: (options: StepOptions) => Schedule = /* #__PURE__ */ defineSchedule<StepOptions>(
  'step',
  { learningRate: real('[0, ∞)'), stepSize: integer('[1, ∞)'), gamma: real('(0, ∞)', 0.1) },
  ({ learningRate, stepSize, gamma }) =>
    (t) =>
      learningRate * gamma ** Math.floor(t / stepSize),
  ({ gamma }) => (gamma > 1 ? [] : [0]),
);

// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (MultiStepLR).

import { defineSchedule, real, type Schedule } from '@optim/options';
import { numbers } from './rows.js';

/** Options of {@link multiStep}. */
export interface MultiStepOptions {
  /** Rate before the first milestone; in [0, ∞). */
  learningRate: number;
  /**
   * Steps at which the rate drops: non-negative integers in non-decreasing order; one listed n times counts n
   * times.
   */
  milestones: readonly number[];
  /** Factor of every drop; in (0, ∞), default 0.1. */
  gamma?: number;
}

/**
 * Drops by a factor AT each of the listed steps.
 *
 *     learningRate * gamma^(number of milestones <= t)
 *
 * First update: `learningRate`, unless a milestone is 0. No final value: held after the last milestone.
 * Differs from timm, which drops one step early.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const multiStep: (options: MultiStepOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<MultiStepOptions>(
    'multiStep',
    {
      learningRate: real('[0, ∞)'),
      milestones: numbers('non-negative integers in non-decreasing order', (values) =>
        values.every((m, i) => Number.isInteger(m) && m >= (i === 0 ? 0 : values[i - 1]!)),
      ),
      gamma: real('(0, ∞)', 0.1),
    },
    ({ learningRate, milestones, gamma }) =>
      (t) =>
        learningRate * gamma ** milestones.filter((m) => m <= t).length,
    ({ milestones }) => [0, ...milestones],
  );

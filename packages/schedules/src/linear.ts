// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (LinearLR), optax 0.2.8 (linear_schedule) and Keras 3.15.

import { defineSchedule, integer, real, type Schedule } from '@optim/options';
import { mix } from './arithmetic.js';

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Rate of the first update; in [0, ∞). */
  initialLearningRate: number;
  /** Rate from step `totalSteps` on, above or below the initial one; in [0, ∞). */
  endLearningRate: number;
  /** Steps from the initial to the end rate (T); an integer in [1, ∞). */
  totalSteps: number;
}

/**
 * A straight line, up or down.
 *
 *     initial + (end - initial) * min(t, T) / T
 *
 * First update: `initialLearningRate`. `endLearningRate` appears at step T and is held.
 * Differs from torch, which cannot start from 0, and from optax, which takes T <= 0 for a constant.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const linear: (options: LinearOptions) => Schedule = /* #__PURE__ */ defineSchedule<LinearOptions>(
  'linear',
  { initialLearningRate: real('[0, ∞)'), endLearningRate: real('[0, ∞)'), totalSteps: integer('[1, ∞)') },
  ({ initialLearningRate: initial, endLearningRate: end, totalSteps: T }) =>
    (t) =>
      mix(initial, end, Math.min(t, T) / T),
  ({ totalSteps }) => [0, totalSteps],
);

// SPDX-License-Identifier: Apache-2.0
// Checked against Keras 3.15 (InverseTimeDecay).

import { defineSchedule, flag, real, type Schedule } from '@optim/options';

/** Options of {@link inverseTime}. */
export interface InverseTimeOptions {
  /** Rate of the first update; in [0, ∞). */
  learningRate: number;
  /** How much the denominator grows per `decaySteps`; in [0, ∞). */
  decayRate: number;
  /** Steps over which the denominator grows by `decayRate`, not necessarily whole; in (0, ∞), default 1. */
  decaySteps?: number;
  /** Whether the rate changes only every `decaySteps`; default false. */
  staircase?: boolean;
}

/**
 * Decays as 1 / time.
 *
 *     p = t / decaySteps, with staircase floor(p)
 *     learningRate / (1 + decayRate * p)
 *
 * First update: `learningRate`. No final value.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const inverseTime: (options: InverseTimeOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<InverseTimeOptions>(
    'inverseTime',
    {
      learningRate: real('[0, ∞)'),
      decayRate: real('[0, ∞)'),
      decaySteps: real('(0, ∞)', 1),
      staircase: flag(false),
    },
    ({ learningRate, decayRate, decaySteps, staircase }) =>
      (t) => {
        const p = staircase ? Math.floor(t / decaySteps) : t / decaySteps;
        return learningRate / (1 + decayRate * p);
      },
    () => [0],
  );

// SPDX-License-Identifier: Apache-2.0
// Checked against torch 2.13 (ExponentialLR), optax 0.2.8 (exponential_decay) and Keras 3.15.

import { defineSchedule, flag, nullable, real, type Schedule } from '@optim/options';

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** Rate of the first update; in [0, ∞). */
  learningRate: number;
  /** Factor per `decaySteps`; in (0, ∞). */
  gamma: number;
  /** Steps over which the rate changes by `gamma`, not necessarily whole; in (0, ∞), default 1. */
  decaySteps?: number;
  /** Whether the rate changes only every `decaySteps`; default false. */
  staircase?: boolean;
  /** Lower bound of the rate, upper bound when gamma is at least 1; in [0, ∞), default none. */
  endLearningRate?: number | null;
}

/** The first step, or where growth has come to its bound; growth without one has no peak. */
function peaksOf(options: Required<ExponentialOptions>): readonly number[] {
  const { learningRate, gamma, decaySteps, endLearningRate: end } = options;
  if (gamma <= 1 || learningRate === 0) return [0];
  return end === null
    ? []
    : [0, Math.ceil(Math.max(0, Math.log(end / learningRate) / Math.log(gamma) + 1) * decaySteps)];
}

/**
 * Decays (or grows) by a constant factor.
 *
 *     p = t / decaySteps, with staircase floor(p)
 *     learningRate * gamma^p
 *
 * First update: `learningRate`. No final value, unless `endLearningRate` bounds it.
 * Differs from optax, which makes a constant of gamma = 0 or decaySteps <= 0; here both are refused.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const exponential: (options: ExponentialOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<ExponentialOptions>(
    'exponential',
    {
      learningRate: real('[0, ∞)'),
      gamma: real('(0, ∞)'),
      decaySteps: real('(0, ∞)', 1),
      staircase: flag(false),
      endLearningRate: nullable(real('[0, ∞)')),
    },
    ({ learningRate, gamma, decaySteps, staircase, endLearningRate: end }) => {
      const bound = gamma < 1 ? Math.max : Math.min;
      return (t) => {
        const p = staircase ? Math.floor(t / decaySteps) : t / decaySteps;
        const v = learningRate * gamma ** p;
        return end === null ? v : bound(v, end);
      };
    },
    peaksOf,
  );

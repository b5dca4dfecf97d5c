// SPDX-License-Identifier: Apache-2.0
// arXiv:1708.07120; checked against torch 2.13 (OneCycleLR), whose corners it has.

import {
  choice,
  defineSchedule,
  flag,
  integer,
  outOfRange,
  real,
  type OptionTable,
  type Schedule,
} from '@optim/options';
import { cosine, mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link oneCycle} and {@link oneCycleMomentum}. */
export interface OneCycleOptions {
  /** Peak rate; in [0, ∞). */
  maxLearningRate: number;
  /** Updates of the whole run (T); an integer in [2, ∞). */
  totalSteps: number;
  /** Share of the run spent rising, with `pctStart * totalSteps` above 1; in (0, 1), default 0.3. */
  pctStart?: number;
  /** Shape between two corners; 'cos' (default) or 'linear'. */
  annealStrategy?: 'cos' | 'linear';
  /** The first rate is `maxLearningRate / divFactor`; in (0, ∞), default 25. */
  divFactor?: number;
  /** The last rate is the first one divided by this; in (0, ∞), default 1e4. */
  finalDivFactor?: number;
  /** Whether to come down as steeply as up, then decay, instead of one long way down; default false. */
  threePhase?: boolean;
  /** Momentum at the peak; in [0, `maxMomentum`], default 0.85. */
  minMomentum?: number;
  /** Momentum at start and end; in [0, 1), default 0.95. */
  maxMomentum?: number;
}

const table: OptionTable<OneCycleOptions> = {
  maxLearningRate: /* #__PURE__ */ real('[0, ∞)'),
  totalSteps: /* #__PURE__ */ integer('[2, ∞)'),
  pctStart: /* #__PURE__ */ real('(0, 1)', 0.3),
  annealStrategy: /* #__PURE__ */ choice(['cos', 'linear']),
  divFactor: /* #__PURE__ */ real('(0, ∞)', 25),
  finalDivFactor: /* #__PURE__ */ real('(0, ∞)', 1e4),
  threePhase: /* #__PURE__ */ flag(false),
  minMomentum: /* #__PURE__ */ real('[0, 1)', 0.85),
  maxMomentum: /* #__PURE__ */ real('[0, 1)', 0.95),
};

/** The cycle through `corners`, the values at the ends of its phases. */
function cycle(
  owner: string,
  options: Required<OneCycleOptions>,
  corners: readonly number[],
): (t: number) => number {
  checkOrder(owner, options, 'minMomentum', 'maxMomentum');
  const { totalSteps: T, pctStart, annealStrategy, threePhase } = options;
  if (pctStart * T <= 1) throw outOfRange(owner, 'pctStart', `more than 1 / totalSteps (${1 / T})`, pctStart);
  if (threePhase && pctStart > 0.5)
    throw outOfRange(owner, 'pctStart', 'at most 0.5 with threePhase', pctStart);
  const a = pctStart * T - 1;
  const z = T - 1;
  const ends = threePhase ? [0, a, 2 * a, z] : [0, a, z];
  return (t) => {
    const held = Math.min(t, z);
    const phase = ends.findIndex((end, i) => i > 0 && held <= end);
    const [start, end] = [ends[phase - 1]!, ends[phase]!];
    const x = (held - start) / (end - start);
    return mix(corners[phase - 1]!, corners[phase]!, annealStrategy === 'cos' ? 1 - cosine(x) : x);
  };
}

/**
 * One rise to a high rate and one long way down, over a run of known length.
 *
 *     I = max / divFactor, F = I / finalDivFactor, a = pctStart * T - 1, z = T - 1
 *     two phases:   I -> max until a, max -> F until z
 *     threePhase:   I -> max until a, max -> I until 2a, I -> F until z
 *     within a phase, x from 0 to 1:
 *       cos: to + (from - to) * (1 + cos(pi * x)) / 2,  linear: from + (to - from) * x
 *
 * First update: `maxLearningRate / divFactor`. F appears at step T - 1, the last of T updates, and is held.
 * Where `a` is not whole the peak lies between two steps. {@link oneCycleMomentum} on the same options is its
 * companion.
 * Differs from optax, with corners at floor(pctStart * T) and T, and from torch, which extrapolates at T.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Smith and Topin 2017, arXiv:1708.07120
 */
export const oneCycle: (options: OneCycleOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<OneCycleOptions>(
    'oneCycle',
    table,
    (options) => {
      const { maxLearningRate: max, divFactor, finalDivFactor, threePhase } = options;
      const I = max / divFactor;
      const F = I / finalDivFactor;
      return cycle('oneCycle', options, threePhase ? [I, max, I, F] : [I, max, F]);
    },
    ({ totalSteps: T, pctStart }) => [0, pctStart * T - 1, T - 1],
  );

/**
 * The momentum that goes with {@link oneCycle}: it falls while the rate rises. Give it to an optimizer's
 * momentum or beta1.
 *
 *     two phases: max -> min -> max;  threePhase: max -> min -> max -> max;  corners and shape of oneCycle
 *
 * First update: `maxMomentum`, which also appears at step T - 1 and is held.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Smith and Topin 2017, arXiv:1708.07120
 */
export const oneCycleMomentum: (options: OneCycleOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<OneCycleOptions>(
    'oneCycleMomentum',
    table,
    (options) => {
      const { minMomentum: min, maxMomentum: max, threePhase } = options;
      return cycle('oneCycleMomentum', options, threePhase ? [max, min, max, max] : [max, min, max]);
    },
    () => [0],
  );

// SPDX-License-Identifier: Apache-2.0
// arXiv:1506.01186; checked against torch 2.13 (CyclicLR) and the author's CLR.

import {
  choice,
  defineSchedule,
  integer,
  nullable,
  real,
  type OptionTable,
  type Schedule,
} from '@optim/options';
import { mix } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of {@link cyclic} and {@link cyclicMomentum}. */
export interface CyclicOptions {
  /** Rate at the foot of every cycle, torch's `base_lr`; in [0, `maxLearningRate`]. */
  minLearningRate: number;
  /** Rate at the top of the first cycle; in [0, ∞). */
  maxLearningRate: number;
  /** Steps up; an integer in [1, ∞), default 2000. */
  stepSizeUp?: number;
  /** Steps down; an integer in [1, ∞), default `stepSizeUp`. */
  stepSizeDown?: number | null;
  /**
   * How the height of the cycles changes: not at all ('triangular', the default), halved every cycle
   * ('triangular2'), or shrinking by `gamma` every step ('expRange').
   */
  mode?: 'triangular' | 'triangular2' | 'expRange';
  /** Factor per step of mode 'expRange'; in (0, 1], default 1. */
  gamma?: number;
  /** Momentum at the top of the first cycle, torch's `base_momentum`; in [0, `maxMomentum`], default 0.8. */
  minMomentum?: number;
  /** Momentum at the foot of every cycle; in [0, 1), default 0.9. */
  maxMomentum?: number;
}

const table: OptionTable<CyclicOptions> = {
  minLearningRate: /* #__PURE__ */ real('[0, ∞)'),
  maxLearningRate: /* #__PURE__ */ real('[0, ∞)'),
  stepSizeUp: /* #__PURE__ */ integer('[1, ∞)', 2000),
  stepSizeDown: /* #__PURE__ */ nullable(/* #__PURE__ */ integer('[1, ∞)')),
  mode: /* #__PURE__ */ choice(['triangular', 'triangular2', 'expRange']),
  gamma: /* #__PURE__ */ real('(0, 1]', 1),
  minMomentum: /* #__PURE__ */ real('[0, 1)', 0.8),
  maxMomentum: /* #__PURE__ */ real('[0, 1)', 0.9),
};

/** Where in its range the rate is at step t: 0 at the foot of a cycle, 1 at the top of the first. */
function height(owner: string, options: Required<CyclicOptions>): (t: number) => number {
  checkOrder(owner, options, 'minLearningRate', 'maxLearningRate');
  checkOrder(owner, options, 'minMomentum', 'maxMomentum');
  const { stepSizeUp: up, stepSizeDown, mode, gamma } = options;
  const down = stepSizeDown ?? up;
  const L = up + down;
  return (t) => {
    const u = t % L;
    const c = Math.round((t - u) / L);
    const h = u <= up ? u / up : (L - u) / down;
    const A = mode === 'triangular' ? 1 : mode === 'triangular2' ? 2 ** -c : gamma ** t;
    return h * A;
  };
}

/** The foot and the top of the first cycle, and between them where shrinking by `gamma` outweighs the way up. */
function peaksOf({ stepSizeUp, mode, gamma }: Required<CyclicOptions>): readonly number[] {
  const turn = mode === 'expRange' && gamma < 1 ? -1 / Math.log(gamma) : 0;
  return [0, stepSizeUp, Math.floor(turn), Math.ceil(turn)];
}

/**
 * Up and down between two rates, for ever.
 *
 *     L = up + down, c = floor(t / L), u = t - c * L
 *     h = u / up if u <= up, else (L - u) / down
 *     A = 1 (triangular) | 2^(-c) (triangular2) | gamma^t (expRange; t of the run, not of the cycle)
 *     min + (max - min) * h * A
 *
 * First update: `minLearningRate`. No final value. {@link cyclicMomentum} on the same options is its
 * companion.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Smith 2015, arXiv:1506.01186
 */
export const cyclic: (options: CyclicOptions) => Schedule = /* #__PURE__ */ defineSchedule<CyclicOptions>(
  'cyclic',
  table,
  (options) => {
    const hA = height('cyclic', options);
    return (t) => mix(options.minLearningRate, options.maxLearningRate, hA(t));
  },
  peaksOf,
);

/**
 * The momentum that goes with {@link cyclic}: it falls while the rate rises. Give it to an optimizer's
 * momentum or beta1.
 *
 *     maxMomentum - (maxMomentum - minMomentum) * h * A, with h and A of cyclic
 *
 * First update: `maxMomentum`. No final value.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Smith 2015, arXiv:1506.01186
 */
export const cyclicMomentum: (options: CyclicOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<CyclicOptions>(
    'cyclicMomentum',
    table,
    (options) => {
      const hA = height('cyclicMomentum', options);
      return (t) => mix(options.maxMomentum, options.minMomentum, hA(t));
    },
    () => [0],
  );

// SPDX-License-Identifier: Apache-2.0
// What linearWithWarmup, cosineWithWarmup and polynomialWithWarmup share: all but the shape of the decay.

import { integer, outOfRange, real, type OptionTable } from '@optim/options';
import { mix, warmUp } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Options of every warm-up followed by a decay of known length. */
export interface WarmupDecayOptions {
  /** Rate at the end of the warm-up; in [0, ∞). */
  maxLearningRate: number;
  /** Rate from step `totalSteps` on; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Rate of the first update where there is a warm-up; in [0, ∞), default 0. */
  initialLearningRate?: number;
  /** Steps of warm-up (w), fewer than `totalSteps`; an integer in [0, ∞), default 0. */
  warmupSteps?: number;
  /** Steps of the whole run, warm-up included (T); an integer in [1, ∞). */
  totalSteps: number;
}

/** The rows of {@link WarmupDecayOptions}. */
export const warmupDecayTable: OptionTable<WarmupDecayOptions> = {
  maxLearningRate: /* #__PURE__ */ real('[0, ∞)'),
  minLearningRate: /* #__PURE__ */ real('[0, ∞)', 0),
  initialLearningRate: /* #__PURE__ */ real('[0, ∞)', 0),
  warmupSteps: /* #__PURE__ */ integer('[0, ∞)', 0),
  totalSteps: /* #__PURE__ */ integer('[1, ∞)'),
};

/** Warm-up, then `min + (max - min) * d(x)` with x from 0 at step w to 1 at step T, held there. */
export function warmupDecay(
  owner: string,
  options: Required<WarmupDecayOptions>,
  d: (x: number) => number,
): (t: number) => number {
  checkOrder(owner, options, 'minLearningRate', 'maxLearningRate');
  const { maxLearningRate: max, minLearningRate: min, initialLearningRate: initial } = options;
  const { warmupSteps: w, totalSteps: T } = options;
  if (w >= T) throw outOfRange(owner, 'warmupSteps', `less than totalSteps (${T})`, w);
  return warmUp(initial, max, w, (t) => mix(min, max, d((Math.min(t, T) - w) / (T - w))));
}

// SPDX-License-Identifier: Apache-2.0
// arXiv:2404.06395 and arXiv:2405.18392; checked against the cooldown study's code and transformers 5.18.

import { choice, defineSchedule, integer, outOfRange, real, type Schedule } from '@optim/options';
import { cosine, mix, warmUp } from './arithmetic.js';
import { checkOrder } from './rows.js';

/** Shapes of the cooldown of {@link warmupStableDecay}. */
export type Cooldown = '1-sqrt' | 'linear' | 'cosine' | '1-square' | 'mirrorCosine' | 'exponential';

/** Options of {@link warmupStableDecay}. */
export interface WarmupStableDecayOptions {
  /** Rate of the plateau; in [0, ∞). */
  maxLearningRate: number;
  /** Rate after the cooldown; in [0, `maxLearningRate`], default 0. */
  minLearningRate?: number;
  /** Rate of the first update where there is a warm-up; in [0, ∞), default 0. */
  initialLearningRate?: number;
  /** Steps of warm-up (w); an integer in [0, ∞). */
  warmupSteps: number;
  /** Steps at the maximum after the warm-up; an integer in [0, ∞). */
  stableSteps: number;
  /** Steps of the cooldown, 10 to 20 % of the run; 0 drops to the minimum at once; an integer in [0, ∞). */
  decaySteps: number;
  /** Shape of the cooldown; default '1-sqrt'. 'exponential' needs both rates above 0. */
  cooldown?: Cooldown;
}

/** The shapes, from 1 at x = 0 to 0 at x = 1; 'exponential' alone is no mixture of the two rates. */
const shapes: Record<Exclude<Cooldown, 'exponential'>, (x: number) => number> = {
  '1-sqrt': (x) => 1 - Math.sqrt(x),
  linear: (x) => 1 - x,
  cosine,
  '1-square': (x) => 1 - x * x,
  mirrorCosine: (x) => 2 * (1 - x) - cosine(x),
};

/**
 * WSD: warm-up, plateau, cooldown. For runs whose length is not known when they begin.
 *
 *     t < w:                initial + (max - initial) * t / w
 *     t < w + stableSteps:  max
 *     x = (t - w - stableSteps) / decaySteps < 1:  min + (max - min) * f(x)
 *     else:                 min
 *
 *     f: linear 1 - x, cosine (1 + cos(pi x)) / 2, 1-sqrt 1 - sqrt(x), 1-square 1 - x^2,
 *        mirrorCosine 2 (1 - x) - (1 + cos(pi x)) / 2; exponential: the whole value is max * (min / max)^x
 *
 * First update: `initialLearningRate` (`maxLearningRate` without a warm-up). Step w: `maxLearningRate`.
 * `minLearningRate` appears at step w + stableSteps + decaySteps and is held.
 * Differs from pytorch_optimizer, where all shapes but the cosine dive below the minimum and jump back at the
 * end.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Hu et al. 2024, arXiv:2404.06395; Haegele et al. 2024, arXiv:2405.18392
 */
export const warmupStableDecay: (options: WarmupStableDecayOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<WarmupStableDecayOptions>(
    'warmupStableDecay',
    {
      maxLearningRate: real('[0, ∞)'),
      minLearningRate: real('[0, ∞)', 0),
      initialLearningRate: real('[0, ∞)', 0),
      warmupSteps: integer('[0, ∞)'),
      stableSteps: integer('[0, ∞)'),
      decaySteps: integer('[0, ∞)'),
      cooldown: choice(['1-sqrt', 'linear', 'cosine', '1-square', 'mirrorCosine', 'exponential']),
    },
    (options) => {
      checkOrder('warmupStableDecay', options, 'minLearningRate', 'maxLearningRate');
      const { maxLearningRate: max, minLearningRate: min, initialLearningRate, cooldown } = options;
      const { warmupSteps: w, stableSteps, decaySteps } = options;
      if (cooldown === 'exponential' && min === 0) {
        throw outOfRange('warmupStableDecay', 'minLearningRate', "above 0 with cooldown 'exponential'", min);
      }
      const decay = (x: number): number =>
        cooldown === 'exponential' ? max * (min / max) ** x : mix(min, max, shapes[cooldown](x));
      return warmUp(initialLearningRate, max, w, (t) => {
        const decayed = t - w - stableSteps;
        if (decayed >= decaySteps) return min;
        return decayed < 0 ? max : decay(decayed / decaySteps);
      });
    },
    ({ warmupSteps: w }) => [0, Math.max(0, w - 1), w],
  );

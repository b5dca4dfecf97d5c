// SPDX-License-Identifier: Apache-2.0
// Daskalakis, Ilyas, Syrgkanis, Zeng, "Training GANs with Optimism", arXiv:1711.00141
// Checked against optax.optimistic_adam_v2 and Gidel's omd.py.

import {
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';

/** Options of {@link OptimisticAdam}. */
export interface OptimisticAdamOptions extends OptimizerOptions, MomentsOptions {
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Weight of the step itself. @defaultValue `1` */
  alpha?: Hyper;
  /** Weight of the difference to the direction before. @defaultValue `1` */
  optimism?: Hyper;
  /** The direction before the first is 0 (the paper), in place of the first itself. @defaultValue `false` */
  doubleFirstStep?: boolean;
}

type Coefficients = { alpha1: number; correction: number; first: boolean };

/**
 * Adam that takes the newest direction twice and the one before it back: it anticipates the next move of an opponent, which
 * damps the circling of GANs and other games.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * u = m/(1 − β₁ᵗ)/(√v/√(1 − β₂ᵗ) + ε)
 * p ← p − learningRate·[(alpha + optimism)·u − optimism·r]
 * r ← u
 * ```
 *
 * In the first step r = u, so that it is one of Adam's; with `doubleFirstStep` r = 0, as in the paper. The learning rate of a
 * step acts on both parts. `optimism: 0` is Adam.
 *
 * Slots, of the parameter's shape: `m`, `v`, `r` (the direction before).
 *
 * In the authors' code the part taken back is two steps old, and ε comes before the correction. optax has Nesterov's form on by
 * default.
 *
 * **When to use:** GANs and other min-max problems, one optimizer for each player. **When not:** for an ordinary loss, where it is Adam
 * with a slot more. **Hint:** β₁ from 0 to 0.5, and the same settings for both networks.
 *
 * @example
 * ```ts
 * import { OptimisticAdam } from '@optim/optimisticadam';
 *
 * const optimizer = new OptimisticAdam({ learningRate: 1e-4, beta1: 0.5 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1711.00141
 */
export class OptimisticAdam extends Optimizer<OptimisticAdamOptions> {
  static readonly className: string = 'OptimisticAdam';

  static override readonly rule: Rule<OptimisticAdamOptions, 'm' | 'v' | 'r', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      alpha: hyper('[0, ∞)', 1),
      optimism: hyper('[0, ∞)', 1),
      doubleFirstStep: flag(false),
      ...commonOptions(),
    },
    momentum: ['m', 'r'],
    slots: () => ({ m: zeros, v: zeros, r: zeros }),
    coefficients(t, options) {
      const { alpha, correction } = biasCorrection(t, { ...options, learningRate: 1, adamD: false });
      return { alpha1: alpha, correction, first: t === 1 };
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m, v, r }, known) {
      const { learningRate, beta1, beta2, epsilon, alpha, optimism, alpha1, correction } = known;
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const u = m.mul(alpha1).div(v.sqrt().div(correction).add(epsilon));
      const step =
        known.first && !known.doubleFirstStep
          ? u.mul(learningRate.mul(alpha))
          : u.mul(learningRate.mul(alpha.add(optimism))).sub(r.mul(learningRate.mul(optimism)));
      return { m, v, r: u, param: param.sub(step) };
    },
  };
}

register(OptimisticAdam);

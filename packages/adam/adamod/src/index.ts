// SPDX-License-Identifier: Apache-2.0
// Ding et al., "An Adaptive and Momental Bound Method for Stochastic Learning", arXiv:1910.12249
// Checked against the authors' adamod.py.

import {
  commonOptions,
  flag,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';

/** Options of {@link AdaMod}. */
export interface AdaModOptions extends OptimizerOptions, MomentsOptions {
  /** Decay of the average of learning rates; 0 is Adam. @defaultValue `0.999` */
  beta3?: Hyper;
  /** Added to √v, before any correction. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

/**
 * Adam whose learning rate of every element may not exceed its own long-term average, which takes away the huge rates
 * of the first steps.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * η = a/(√v + ε)                           a = learningRate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * n ← β₃n + (1 − β₃)η
 * p ← p − min(η, n)·m
 * ```
 *
 * n starts at 0 and is not corrected: the first step is 1 − β₃ times that of Adam, a warm-up of about 1/(1 − β₃)
 * steps. With a gradient that stays the same and the default β₃, a step is 2 % of Adam's in step 10, 12 % in step 100
 * and 64 % in step 1000. An element that has had no gradient has η = a/ε, and so large an n that nothing bounds it
 * for as many steps.
 *
 * Slots, of the parameter's shape: `m`, `v`, `n`.
 *
 * ε is added to the uncorrected √v. Ports that correct n, or bound by the n before the step, are other algorithms;
 * pytorch_optimizer's defaults are β₂ = 0.99 and β₃ = 0.9999.
 *
 * **When to use:** in place of Adam with a warm-up, where the first steps do harm: deep networks, transformers.
 * **When not:** beside a warm-up of your own, or in runs of a few hundred steps, of which this one takes most.
 * **Hint:** keep Adam's learning rate, and fit the warm-up to the run by `beta3`: 0.9 to 0.99 for short ones, or
 * nothing will move.
 *
 * @example
 * ```ts
 * import { AdaMod } from '@optim/adamod';
 *
 * model.compile({ optimizer: new AdaMod({ learningRate: 1e-3, beta3: 0.99 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1910.12249
 */
export class AdaMod extends Optimizer<AdaModOptions> {
  static readonly className: string = 'AdaMod';

  static override readonly rule: Rule<AdaModOptions, 'm' | 'v' | 'n', { a: number; correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      beta3: hyper('[0, 1)', 0.999),
      epsilon: hyper('[0, ∞)', 1e-8),
      adamD: flag(false),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros, n: zeros }),
    coefficients(t, options) {
      const { alpha, correction } = biasCorrection(t, options);
      return { a: alpha * correction, correction };
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m, v, n }, { beta1, beta2, beta3, epsilon, a }) {
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const eta = a.div(v.sqrt().add(epsilon));
      n = ema(n, eta, beta3);
      return { m, v, n, param: param.sub(m.mul(eta.minimum(n))) };
    },
  };
}

register(AdaMod);

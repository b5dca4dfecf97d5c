// SPDX-License-Identifier: Apache-2.0
// Xie, Sato, Sugiyama, "Stable Weight Decay Regularization", arXiv:2011.11152
// Checked against the authors' AdamS.

import {
  adaNormOptions,
  flag,
  hyper,
  momentsOptions,
  oneDecayOptions,
  Optimizer,
  register,
  round,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type PlainOptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, stablyDecayed, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link AdamS}. */
export interface AdamSOptions
  extends Omit<PlainOptimizerOptions, 'weightDecayMode'>, MomentsOptions, AdaNormOptions {
  /** Added to the root of the corrected second moment; Q has none. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Strength λ of the stable weight decay. @defaultValue `1e-4` */
  weightDecay?: Hyper;
  /** Use the largest second moment so far, in Q too. @defaultValue `false` */
  amsgrad?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; correction: number };
/** Q: the root of the mean of v̂ over all elements of all parameters with a gradient; absent until the round is made. */
type Observed = { Q?: number };

/**
 * Adam whose weight decay is divided by the typical size of its denominators, so that decay and steps stay in
 * proportion.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²                     v̂ = v/(1 − β₂ᵗ)
 * Q = √(mean of v̂ over all elements of all parameters)
 * p ← p·(1 − learningRate·λ/Q)             where Q > 0
 * p ← p − α·m/(√v̂ + ε)                     α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * With `amsgrad` the largest v so far is used instead of v, with `adamD` α = learningRate; `adanorm` rescales what
 * enters m and is not in the authors' code. Parameters without a gradient take no part in Q and do not decay. While all
 * gradients have been zero nothing decays; the authors' code divides by zero. Gradients so small that learningRate·λ
 * exceeds Q turn the signs of the weights: that is the rule.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v); scalar: with `adanorm` `e`.
 *
 * pytorch_optimizer divides the stored v by 1 − β₂ᵗ in every step, which makes it explode. An AdamS of 2025, with
 * momentum as its normalizer, has nothing to do with this one.
 *
 * **When to use:** where Adam is to generalize as SGD with weight decay does, as with CNNs. **When not:** where AdamW's
 * decay is tuned, or where a pass over all gradients before the first weight changes costs too much. **Hint:** choose
 * `weightDecay` as for SGD, 1e-4 to 5e-4, not as for AdamW.
 *
 * @example
 * ```ts
 * import { AdamS } from '@optim/adams';
 *
 * model.compile({ optimizer: new AdamS({ weightDecay: 5e-4 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2011.11152
 */
export class AdamS extends Optimizer<AdamSOptions> {
  static readonly className: string = 'AdamS';

  static override readonly rule: Rule<AdamSOptions, 'm' | 'v' | 'x', Coefficients, Observed> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      amsgrad: flag(false),
      adamD: flag(false),
      ...adaNormOptions(),
      ...oneDecayOptions(1e-4),
    },
    needs: ['gradient'],
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros }),
    coefficients: biasCorrection,
    rounds: () => [
      round({
        observe({ grad, v, x }, { beta2, amsgrad, correction }) {
          const { u } = largestSoFar(ema(v, grad.square(), beta2), x, amsgrad);
          return { total: u.div(correction.square()).sum(), count: constant(v.size) };
        },
        combine: ({ total, count }) => ({ Q: total.div(count).sqrt() }),
      }),
    ],
    decay: ({ param, grad }, { learningRate, weightDecay, Q }) => ({
      param: Q ? stablyDecayed(param, weightDecay.mul(learningRate), Q) : param,
      grad,
    }),
    secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
    update({ param, grad, stretched, m, v, x }, { beta1, beta2, epsilon, amsgrad, alpha, correction }) {
      m = ema(m, stretched, beta1);
      v = ema(v, grad.square(), beta2);
      const { u, kept } = largestSoFar(v, x, amsgrad);
      const d = u.sqrt().div(correction).add(epsilon);
      return { m, v, ...kept, param: param.sub(m.mul(alpha).div(d)) };
    },
  };
}

register(AdamS);

// SPDX-License-Identifier: Apache-2.0
// Heo et al., "AdamP: Slowing Down the Slowdown for Momentum Optimizers on Scale-invariant Weights", arXiv:2006.08217
// Checked against the authors' adamp.py.

import {
  adaNormOptions,
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, projected, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link AdamP}. */
export interface AdamPOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Added to the denominator and to norms; lower bound of norms in the cosine. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Threshold of the scale-invariance test. @defaultValue `0.1` */
  delta?: Hyper;
  /** Factor on the decay of tensors that are projected. @defaultValue `0.1` */
  wdRatio?: Hyper;
  /** Nesterov form of the first moment. @defaultValue `false` */
  nesterov?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

/**
 * Adam that removes the component of its step along the weight vector when the weights look scale-invariant, so that
 * the norm of the weights does not grow without changing the output.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * q = m/d                                  d = √v/√(1 − β₂ᵗ) + ε
 * q ← q − p̂⟨p̂, q⟩    if max|cos(p, g)| < δ/√D
 * p ← p − α·q                              α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * The cosine is taken per output unit (last axis) first, then over the whole tensor, D being the number of elements
 * it runs over; the first view that passes the test is projected. One decision per tensor: a single unit with a large
 * cosine stops the projection of all. Ranks 0 and 1 are never projected. Projected tensors decay by `wdRatio` times
 * the weight decay, with the p before the step; coupled decay is not reduced. With `nesterov` q = (β₁m + (1 −
 * β₁)g)/d. With `adanorm` the stretched g enters m; v, the cosine and the g of `nesterov` are of g as it is.
 *
 * Slots, of the parameter's shape: `m`, `v`; scalar: with `adanorm` `e`.
 *
 * **When to use:** for networks with batch or layer normalization, which make weights scale-invariant.
 * **When not:** for networks without: little is ever projected, and AdamW takes less time. **Hint:** use AdamW's
 * learning rate with `weightDecay` of about 1e-2, and leave `delta` and `wdRatio` alone.
 *
 * @example
 * ```ts
 * import { AdamP } from '@optim/adamp';
 *
 * model.compile({ optimizer: new AdamP({ learningRate: 1e-3, weightDecay: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2006.08217
 */
export class AdamP extends Optimizer<AdamPOptions> {
  static readonly className: string = 'AdamP';

  static override readonly rule: Rule<AdamPOptions, 'm' | 'v', { alpha: number; correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      delta: hyper('[0, ∞)', 0.1),
      wdRatio: hyper('[0, 1]', 0.1),
      nesterov: flag(false),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: biasCorrection,
    decay: 'within',
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, stretched, m, v }, known) {
      const { beta1, beta2, epsilon, delta, wdRatio, nesterov, alpha, correction, decayStrength } = known;
      m = ema(m, stretched, beta1);
      v = ema(v, grad.square(), beta2);
      const d = v.sqrt().div(correction).add(epsilon);
      let q = (nesterov ? ema(m, grad, beta1) : m).div(d);
      let ratio = constant(1);
      if (param.rank > 1) ({ q, ratio } = projected(q, param, grad, { epsilon, delta, wdRatio }));
      if (decayStrength) param = param.sub(param.mul(ratio.mul(decayStrength)));
      return { m, v, start: param, param: param.sub(q.mul(alpha)) };
    },
  };
}

register(AdamP);

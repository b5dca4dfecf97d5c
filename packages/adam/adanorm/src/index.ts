// SPDX-License-Identifier: Apache-2.0
// Dubey, Singh, Chaudhuri, "AdaNorm: Adaptive Gradient Norm Correction based Optimizer for CNNs", arXiv:2210.06364
// Checked against trajectories of the authors' AdamNorm.

import {
  adaNorm,
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
import { biasCorrection, ema, largestSoFar, zero, zeros } from '@optim/formulas';

/** Options of {@link AdaNorm}. */
export interface AdaNormOptions extends OptimizerOptions, MomentsOptions {
  /** Added to v in every step, where it stays, and to its root. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Decay of the average norm of the gradient; γ in the paper. @defaultValue `0.95` */
  r?: Hyper;
  /** Use the largest v so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; correction: number };

/**
 * Adam that stretches a gradient shorter than the running average of gradient lengths to that average.
 *
 * ```text
 * e ← r·e + (1 − r)·‖g‖
 * s = g·e/‖g‖ if e > ‖g‖ > 0, else g
 * m ← β₁m + (1 − β₁)s
 * v ← β₂v + (1 − β₂)g² + ε
 * p ← p − α·m/(√v/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * Norms are over the whole tensor; v takes the gradient as it is. ε stays in v and adds up to ε/(1 − β₂), a floor
 * that Adam does not have. The average e counts the present gradient too, starts at 0 and is not corrected: with r =
 * 0.95 a gradient half as long as all before it is not stretched before step 15. With `amsgrad` v takes no ε; the
 * denominator is √(x + ε)/√(1 − β₂ᵗ) + ε, x being the largest v so far. The correction alone is the option `adanorm`
 * of other optimizers.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v); scalar: `e`.
 *
 * The authors fix r at 0.95, and their AMSGrad adds ε to the stored maximum in every step. Weight decay is coupled by
 * default, as theirs. Later versions of pytorch_optimizer never store e, which makes it Adam.
 *
 * **When to use:** with CNNs trained for many epochs, whose gradients fade before the loss is low.
 * **When not:** where a small gradient means that a minimum is near, which is to be met exactly. **Hint:** begin with your settings
 * of Adam; r of 0.9 to 0.99, a larger one remembers the long gradients of the beginning, and keeps steps long.
 *
 * @example
 * ```ts
 * import { AdaNorm } from '@optim/adanorm';
 *
 * model.compile({ optimizer: new AdaNorm({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2210.06364
 */
export class AdaNorm extends Optimizer<AdaNormOptions> {
  static readonly className: string = 'AdaNorm';

  static override readonly rule: Rule<AdaNormOptions, 'm' | 'v' | 'x' | 'e', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      r: hyper('[0, 1)', 0.95),
      amsgrad: flag(false),
      adamD: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros, e: zero }),
    coefficients: biasCorrection,
    secondMoment: ({ v, x }, { epsilon, amsgrad, correction }) =>
      (amsgrad ? x.add(epsilon) : v).div(correction.square()),
    update({ param, grad, m, v, x, e }, { beta1, beta2, epsilon, r, amsgrad, alpha, correction }) {
      const { stretched: s, kept: norm } = adaNorm(grad, e, r);
      m = ema(m, s, beta1);
      v = ema(v, grad.square(), beta2);
      if (!amsgrad) v = v.add(epsilon);
      const { u, kept: largest } = largestSoFar(v, x, amsgrad);
      const d = (amsgrad ? u.add(epsilon) : u).sqrt().div(correction).add(epsilon);
      return { ...norm, ...largest, m, v, param: param.sub(m.mul(alpha).div(d)) };
    },
  };
}

register(AdaNorm);

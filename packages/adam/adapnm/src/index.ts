// SPDX-License-Identifier: Apache-2.0
// Xie et al., "Positive-Negative Momentum: Manipulating Stochastic Gradient Noise to Improve Generalization",
// arXiv:2103.17182
// Checked against the authors' adapnm.py.

import {
  adaNormOptions,
  commonOptions,
  flag,
  hyper,
  Optimizer,
  register,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, positiveNegative, zeros } from '@optim/formulas';

/** Options of {@link AdaPNM}. */
export interface AdaPNMOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Decay of the first moments: by β₁² in every second step. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Weight of the negative moment; β₀ in the paper. @defaultValue `1` */
  beta3?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Use the largest second moment so far. @defaultValue `true` */
  amsgrad?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; correction: number; odd: boolean };

/**
 * AMSGrad with two momenta of opposite signs, which put noise back into the step and leave its mean direction.
 *
 * ```text
 * P, N = a, b in odd steps; b, a in even ones
 * P ← β₁²P + (1 − β₁²)g
 * q = [(1 + β₃)P − β₃N]/√[(1 + β₃)² + β₃²]
 * v ← β₂v + (1 − β₂)g²
 * x ← max(x, v)
 * p ← p − α·q/(√x/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * Without `amsgrad` v is used instead of x; with `adamD` α = learningRate. α corrects by β₁ᵗ, as the authors do,
 * although either momentum has seen only every second gradient. `adanorm` rescales what enters P and is not in the
 * authors' code.
 *
 * Slots, of the parameter's shape: `a`, `b`, `v`, with `amsgrad` `x` (largest v); scalar: with `adanorm` `e`.
 *
 * pytorch_optimizer adds ε before the bias correction, and a number under the root.
 *
 * **When to use:** where Adam overfits and the noise of small batches would help: image classification, many epochs.
 * **When not:** where the gradient is noisy enough, or nothing is gained by a flat minimum. **Hint:** begin with Adam's
 * learning rate; `beta3` says how much noise: 1 is the authors' choice, 0 takes the effect away.
 *
 * @example
 * ```ts
 * import { AdaPNM } from '@optim/adapnm';
 *
 * model.compile({ optimizer: new AdaPNM({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2103.17182
 */
export class AdaPNM extends Optimizer<AdaPNMOptions> {
  static readonly className: string = 'AdaPNM';

  static override readonly rule: Rule<AdaPNMOptions, 'a' | 'b' | 'v' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      beta3: hyper('[0, 1]', 1),
      epsilon: hyper('[0, ∞)', 1e-8),
      amsgrad: flag(true),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['a', 'b'],
    slots: ({ amsgrad }) => ({ a: zeros, b: zeros, v: zeros, x: amsgrad && zeros }),
    coefficients: (t, options) => ({ ...biasCorrection(t, options), odd: t % 2 === 1 }),
    secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
    update({ param, grad, stretched, a, b, v, x }, known) {
      const { beta1, beta2, beta3, epsilon, amsgrad, alpha, correction, odd } = known;
      const { q, kept: momentum } = positiveNegative({ a, b }, stretched, { beta1, beta0: beta3, odd });
      v = ema(v, grad.square(), beta2);
      const { u, kept: largest } = largestSoFar(v, x, amsgrad);
      const d = u.sqrt().div(correction).add(epsilon);
      return { ...momentum, ...largest, v, param: param.sub(q.mul(alpha).div(d)) };
    },
  };
}

register(AdaPNM);

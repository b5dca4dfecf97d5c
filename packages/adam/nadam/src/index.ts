// SPDX-License-Identifier: Apache-2.0
// Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop
// Checked against torch.optim.NAdam.

import {
  commonOptions,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link NAdam}. */
export interface NAdamOptions extends OptimizerOptions, MomentsOptions {
  /** Decay of the first moment, and the limit of the momentum μ. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** ψ, how fast the momentum rises from β₁/2 to β₁; at 0 it does not. @defaultValue `4e-3` */
  momentumDecay?: Hyper;
}

type Coefficients = { gradShare: number; mShare: number; correction: number };

/**
 * Adam with Nesterov momentum: the step looks one update ahead along the first moment.
 *
 * ```text
 * μ(t) = β₁(1 − ½·0.96^(t·ψ))              ψ = momentumDecay
 * π = μ(1)·μ(2)·…·μ(t)
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * d = √v/√(1 − β₂ᵗ) + ε
 * p ← p − learningRate·[(1 − μ(t))/(1 − π)·g + μ(t+1)/(1 − π·μ(t+1))·m]/d
 * ```
 *
 * Slots, of the parameter's shape: `m`, `v`. π is made anew in every step: with a schedule for `beta1` or
 * `momentumDecay` it is that of their present values, as 1 − βᵗ is in Adam.
 *
 * The paper averages m with μ(t); here, in PyTorch and in Keras it is β₁. Keras has ψ = 1, optax a constant μ = β₁, the
 * limit of a large ψ. The NAdamW of timm is another algorithm.
 *
 * **When to use:** where Adam works and the momentum of its first steps carries too far. **When not:** with very noisy
 * gradients, the newest of which weighs more here than in Adam. **Hint:** keep `momentumDecay`; if the first few
 * hundred steps are noisy, raise it, or lower `learningRate` to 1e-3.
 *
 * @example
 * ```ts
 * import { NAdam } from '@optim/nadam';
 *
 * model.compile({ optimizer: new NAdam({ learningRate: 2e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 */
export class NAdam extends Optimizer<NAdamOptions> {
  static readonly className: string = 'NAdam';

  static override readonly rule: Rule<NAdamOptions, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 2e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      momentumDecay: hyper('[0, ∞)', 4e-3),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients(t, { learningRate, beta1, beta2, momentumDecay }) {
      const mu = (i: number): number => beta1 * rise(i, momentumDecay);
      const pi = product(t, beta1, momentumDecay);
      return {
        gradShare: (learningRate * (1 - mu(t))) / (1 - pi),
        mShare: (learningRate * mu(t + 1)) / (1 - pi * mu(t + 1)),
        correction: Math.sqrt(1 - beta2 ** t),
      };
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, m, v }, { beta1, beta2, epsilon, gradShare, mShare, correction }) {
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const d = v.sqrt().div(correction).add(epsilon);
      return { m, v, param: param.sub(grad.mul(gradShare).add(m.mul(mShare)).div(d)) };
    },
  };
}

/** μ(t)/β₁, which rises from about ½ to 1. */
function rise(t: number, psi: number): number {
  return 1 - 0.5 * 0.96 ** (t * psi);
}

/** π. Factors that no longer show, in it or in 1 − π, are left out: there are never more than a few thousand others. */
function product(t: number, beta1: number, psi: number): number {
  let pi = beta1 ** t;
  for (let i = 1; i <= t && pi > 1e-20; i++) {
    const factor = rise(i, psi);
    if (factor === 1) break;
    pi *= factor;
  }
  return pi;
}

register(NAdam);

// SPDX-License-Identifier: Apache-2.0
// Deng, Cheng, Lan, "Optimal Adaptive and Accelerated Stochastic Gradient Descent", arXiv:1810.00553, Algorithm 7
// Checked against the formulas of the paper, and severilov's A2Grad_optimizer for one scale per tensor.

import {
  choice,
  hyper,
  Optimizer,
  plainDecayOptions,
  register,
  type CommonOptions,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { copy, ema, zero, zeros } from '@optim/formulas';

/** Options of {@link A2Grad}. */
export interface A2GradOptions extends CommonOptions {
  /** How squared deviations add up: evenly, weighted by k², or in an exponential average. @defaultValue `'uni'` */
  variant?: 'uni' | 'inc' | 'exp';
  /** Estimate L of the Lipschitz constant of the gradient. @defaultValue `10` */
  lips?: Hyper;
  /** Weight of the adaptive part. @defaultValue `10` */
  beta?: Hyper;
  /** Decay ρ of the exponential average. @defaultValue `0.5` */
  rho?: Hyper;
  /** `'elementwise'` is the paper's; `'tensor'`: one h for a whole tensor. @defaultValue `'elementwise'` */
  scaling?: 'elementwise' | 'tensor';
  /**
   * `'coupled'`: g ← g + weightDecay·p; `'independent'`: p ← p·(1 − weightDecay), which leaves x alone.
   * @defaultValue `'coupled'`
   */
  weightDecayMode?: 'coupled' | 'independent';
}

type Coefficients = { n: number; gamma: number; keep: number; alpha: number; stay: number };

/**
 * Nesterov's acceleration with steps that adapt to how far each gradient is from the mean of all gradients. There is no
 * learning rate.
 *
 * ```text
 * ḡ ← ḡ + (g − ḡ)/(k + 1)                  k = t − 1 updates before this one
 * δ = g − ḡ
 * v ← v + δ²                               h = √v
 * u = g/(γ + β·h)                          γ = 2·lips/(k + 1)
 * x ← x − u
 * p ← (1 − α')p + α'x − (1 − α')α·u        α = 2/(k + 2), α' = 2/(k + 3)
 * ```
 *
 * `'inc'`: v ← (k/(k + 1))²·v + δ². `'exp'`: w ← ρw + (1 − ρ)δ², v ← max(v, w), h = √((k + 1)v). With scaling
 * `'tensor'` the sum of all δ² of a tensor is used instead of δ².
 *
 * p is the point where gradients are taken. The first step is g/(2·lips). γ falls like 1/k: where nothing deviates, or
 * with `beta: 0`, steps grow without bound.
 *
 * Slots, of the parameter's shape: `x` (starts at p), `mean` (ḡ); `v`, with `'exp'` `w`, of that shape too or, with
 * scaling `'tensor'`, scalars.
 *
 * The PyTorch ports have one h per tensor; in that of pytorch_optimizer the mean explodes. All accept a learning rate and
 * ignore it. The paper has no weight decay.
 *
 * **When to use:** smooth, nearly convex problems with noisy gradients, where momentum helps early and averaging
 * steadies the end. **When not:** where a learning rate is known already: lips and beta take as much searching.
 * **Hint:** lips of 0.1, 1, 10, and beta of 10, 50, 100, 1000; with `scaling: 'tensor'` far smaller beta, for h is
 * then the norm of a tensor.
 *
 * @example
 * ```ts
 * import { A2Grad } from '@optim/a2grad';
 *
 * model.compile({ optimizer: new A2Grad({ lips: 1, beta: 50 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1810.00553
 */
export class A2Grad extends Optimizer<A2GradOptions> {
  static readonly className: string = 'A2Grad';

  static override readonly rule: Rule<A2GradOptions, 'x' | 'mean' | 'v' | 'w', Coefficients> = {
    options: {
      variant: choice(['uni', 'inc', 'exp']),
      lips: hyper('(0, ∞)', 10),
      beta: hyper('[0, ∞)', 10),
      rho: hyper('[0, 1)', 0.5),
      scaling: choice(['elementwise', 'tensor']),
      ...plainDecayOptions(0, 'coupled', ['coupled', 'independent']),
    },
    slots({ variant, scaling }) {
      const scale = scaling === 'tensor' ? zero : zeros;
      return { x: copy, mean: zeros, v: scale, w: variant === 'exp' && scale };
    },
    coefficients(t, { variant, lips }) {
      const k = t - 1;
      return {
        n: k + 1,
        gamma: (2 * lips) / (k + 1),
        keep: variant === 'inc' ? (k / (k + 1)) ** 2 : 1,
        alpha: 2 / (k + 2),
        stay: 1 - 2 / (k + 3),
      };
    },
    update({ param, grad, x, mean, v, w }, known) {
      const { variant, scaling, beta, rho, n, gamma, keep, alpha, stay } = known;
      const averages = variant === 'exp';
      mean = mean.add(grad.sub(mean).div(n));
      const delta2 = grad.sub(mean).square();
      const D = scaling === 'tensor' ? delta2.sum() : delta2;
      if (averages) w = ema(w, D, rho);
      v = averages ? v.maximum(w) : v.mul(keep).add(D);
      const h = (averages ? v.mul(n) : v).sqrt();
      const u = grad.div(h.mul(beta).add(gamma));
      x = x.sub(u);
      return { x, mean, v, ...(averages && { w }), param: ema(param.sub(u.mul(alpha)), x, stay) };
    },
  };
}

register(A2Grad);

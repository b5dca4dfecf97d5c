// SPDX-License-Identifier: Apache-2.0
// Dubey et al., "diffGrad: An Optimization Method for Convolutional Neural Networks", arXiv:1909.11015
// Checked against the authors' diffGrad_v2.py; the rectified variant against diff_rgrad.py of
// Best-Deep-Learning-Optimizers.

import {
  adaNormOptions,
  commonOptions,
  decayed,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  real,
  register,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, rectification, zeros } from '@optim/formulas';
import { exp } from '@optim/fusion';

/** Options of {@link DiffGrad}. */
export interface DiffGradOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Added to √v, before any correction. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Variance rectification as in RAdam. @defaultValue `false` */
  rectify?: boolean;
  /** The rectified step is taken from this length ρ of the moving average on. @defaultValue `5` */
  nSmaThreshold?: number;
  /** Below the threshold: a momentum step without denominator (`false`: no step). @defaultValue `true` */
  degeneratedToSgd?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { eta: number; correction: number; divides: boolean; moves: boolean };

/**
 * Adam with a friction per weight, which halves the step where the gradient hardly changes.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * ξ = 1/(1 + exp(−|h − g|))                in [½, 1)
 * h ← g
 * p ← p − η·m·ξ/(√v + ε)                   η = α·√(1 − β₂ᵗ), α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * With `rectify`, r = RAdam's rectification and ρ the length of the moving average:
 *
 * ```text
 * p ← p − η·m·ξ/(√v + ε)                   η = α·√(1 − β₂ᵗ)·r   while ρ ≥ nSmaThreshold
 * p ← p − α·m                              before that (the first five steps with the defaults)
 * ρ∞ = 2/(1 − β₂) − 1,  ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ),  r = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]
 * ```
 *
 * With `degeneratedToSgd: false` no step is taken there, and weights do not decay either, unless coupled. With
 * `rectify` steps grow slowly: 3 % of the step without r in step 6, 22 % in step 100, 65 % in step 1000.
 *
 * With `amsgrad` the largest v so far is divided by in place of v. With `adanorm` the stretched g enters m alone; v,
 * h and ξ are of g as it is.
 *
 * Slots, of the parameter's shape: `m`, `v`, `h` (the previous gradient, after coupled decay), with `amsgrad` `x`
 * (largest v); scalar: with `adanorm` `e`.
 *
 * ε is added to the uncorrected √v. In the authors' first code h is the gradient itself where buffers are reused: ξ
 * is always ½. pytorch_optimizer uses ξ with `rectify` alone.
 *
 * **When to use:** where Adam overshoots and circles around a minimum, as in image classifiers. **When not:** with
 * gradients far below 1, whose changes are too small to tell: ξ is ½ everywhere. **Hint:** steps are ½ to 1 of Adam's;
 * try learning rates up to twice as large.
 *
 * @example
 * ```ts
 * import { DiffGrad } from '@optim/diffgrad';
 *
 * model.compile({ optimizer: new DiffGrad({ learningRate: 2e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1909.11015
 */
export class DiffGrad extends Optimizer<DiffGradOptions> {
  static readonly className: string = 'DiffGrad';

  static override readonly rule: Rule<DiffGradOptions, 'm' | 'v' | 'h' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      amsgrad: flag(false),
      rectify: flag(false),
      nSmaThreshold: real('[4, ∞)', 5),
      degeneratedToSgd: flag(true),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, h: zeros, x: amsgrad && zeros }),
    coefficients(t, options) {
      const { rectify, nSmaThreshold, degeneratedToSgd, beta2 } = options;
      const { alpha, correction } = biasCorrection(t, options);
      const { rho, r } = rectify ? rectification(t, beta2) : { rho: Infinity, r: 1 };
      const divides = rho >= nSmaThreshold;
      const eta = divides ? alpha * correction * r : alpha;
      return { eta, correction, divides, moves: divides || degeneratedToSgd };
    },
    // Weights do not decay in a step that is withheld.
    decay: (pair, known) =>
      known.moves || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair,
    secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
    update({ param, grad, stretched, m, v, h, x }, known) {
      const { beta1, beta2, epsilon, amsgrad, eta, divides, moves } = known;
      m = ema(m, stretched, beta1);
      v = ema(v, grad.square(), beta2);
      const { u, kept } = largestSoFar(v, x, amsgrad);
      if (divides) {
        const inverseXi = exp(h.sub(grad).abs().neg()).add(1);
        param = param.sub(m.mul(eta).div(inverseXi.mul(u.sqrt().add(epsilon))));
      } else if (moves) param = param.sub(m.mul(eta));
      return { ...kept, m, v, h: grad, param };
    },
  };
}

register(DiffGrad);

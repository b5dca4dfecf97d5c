// SPDX-License-Identifier: Apache-2.0
// Wright, Ranger, from: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", arXiv:1908.03265; Zhang et
// al., "Lookahead Optimizer", arXiv:1907.08610; Yong et al., "Gradient Centralization", arXiv:2004.01461
// Checked against the author's ranger.py 20.4.11.

import {
  flag,
  hyper,
  integer,
  Optimizer,
  real,
  register,
  type Hyper,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, centralized, copy, rectification, slowWeights, zeros } from '@optim/formulas';
import { RAdam, type RAdamCoefficients, type RAdamOptions } from '@optim/radam';

/** Options of {@link Ranger}. */
export interface RangerOptions extends RAdamOptions {
  /** Decay of the first moment. @defaultValue `0.95` */
  beta1?: Hyper;
  /** Added to √v, before any correction. @defaultValue `1e-5` */
  epsilon?: Hyper;
  /** The rectified step is taken above this length ρ of the moving average. @defaultValue `5` */
  nSmaThreshold?: number;
  /** Up to the threshold: a momentum step without denominator (`false`: no step). @defaultValue `true` */
  degeneratedToSgd?: boolean;
  /** Steps between two synchronizations. @defaultValue `6` */
  k?: number;
  /** Share of the way that slow weights go towards the fast ones. @defaultValue `0.5` */
  alpha?: number;
  /** Subtract from the gradient of every output unit its mean, for rank ≥ 2. @defaultValue `true` */
  centralizeGradients?: boolean;
  /** Centralize only rank ≥ 4. @defaultValue `false` */
  gcConvOnly?: boolean;
}

type Coefficients = RAdamCoefficients & { synchronizes: boolean };

/**
 * Rectified Adam with centralized gradients inside a Lookahead loop.
 *
 * ```text
 * g ← g − mean(g)                          over all axes but the last
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − η·m/(√v + ε)                     while ρ > nSmaThreshold; before that p ← p − learningRate/(1 − β₁ᵗ)·m
 * ρ∞ = 2/(1 − β₂) − 1,  ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ),  r = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]
 * every k updates of the parameter:
 *   φ ← φ + alpha·(p − φ)
 *   p ← φ
 * ```
 *
 * η = learningRate/(1 − β₁ᵗ)·r·√(1 − β₂ᵗ), as in RAdam, whose rectified step is taken from ρ = nSmaThreshold on, here
 * only above it. With the defaults the first five steps are momentum steps, or none without `degeneratedToSgd`;
 * weights decay in all of them. After that steps grow slowly: 3 % of a step of Adam in step 6, 22 % in step 100, 65 %
 * in step 1000. With `adanorm` the stretched g, centralized and with coupled decay, enters m alone. Coupled decay is
 * added to the centralized gradient.
 *
 * Slots, of the parameter's shape: `m`, `v`, `slow` (φ, at first a copy of the parameter); scalar: with `adanorm` `e`.
 *
 * There is no paper of Ranger: it is RAdam (arXiv:1908.03265), Lookahead (arXiv:1907.08610) and gradient
 * centralization (arXiv:2004.01461). The author's `ranger.py` centralizes even when told not to; `ranger2020.py`
 * multiplies the decay by the rectified step size. pytorch_optimizer's default ascends during the first five steps.
 *
 * **When to use:** in place of Adam for convolutional networks, with nothing else to tune. **When not:** inside
 * Lookahead, or with kernels [1, out], which centralization stops from training. **Hint:** keep the learning rate
 * flat for the first 75 % of training, then step it down or anneal it with a cosine, as the author advises.
 *
 * @example
 * ```ts
 * import { Ranger } from '@optim/ranger';
 *
 * model.compile({ optimizer: new Ranger({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://github.com/lessw2020/Ranger-Deep-Learning-Optimizer
 * @see https://arxiv.org/abs/1908.03265
 */
export class Ranger extends Optimizer<RangerOptions> {
  static readonly className: string = 'Ranger';

  static override readonly looksAhead: boolean = true;

  static override readonly rule: Rule<RangerOptions, 'm' | 'v' | 'slow', Coefficients> = {
    ...RAdam.rule,
    options: {
      ...RAdam.rule.options,
      beta1: hyper('[0, 1)', 0.95),
      epsilon: hyper('[0, ∞)', 1e-5),
      degeneratedToSgd: flag(true),
      k: integer('[1, ∞)', 6),
      alpha: real('[0, 1]', 0.5),
      centralizeGradients: flag(true),
      gcConvOnly: flag(false),
    },
    slots: () => ({ m: zeros, v: zeros, slow: copy }),
    coefficients(t, options) {
      const { rho, r } = rectification(t, options.beta2);
      const { alpha, correction } = biasCorrection(t, options);
      const rectified = rho > options.nSmaThreshold;
      const eta = rectified ? alpha * r * correction : alpha;
      return { eta, correction, rectified, synchronizes: t % options.k === 0 };
    },
    gradient: ({ grad }, { centralizeGradients, gcConvOnly }) =>
      centralizeGradients ? centralized(grad, gcConvOnly ? 4 : 2) : grad,
    // In every step, also in those that RAdam withholds.
    decay: 'before',
    update({ slow, ...tensors }, known) {
      const results = RAdam.rule.update(tensors, known);
      if (!known.synchronizes) return results;
      const next = slowWeights(slow, results['param']!, known.alpha);
      return { ...results, slow: next, param: next };
    },
  };
}

register(Ranger);

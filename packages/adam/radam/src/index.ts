// SPDX-License-Identifier: Apache-2.0
// Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", arXiv:1908.03265
// Checked against the authors' radam.py and torch.optim.RAdam.

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
import { biasCorrection, ema, rectification, zeros } from '@optim/formulas';

/** Options of {@link RAdam}. */
export interface RAdamOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Decay of the second moment; at 2/3 and below no step is ever rectified. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to √v, before any correction. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** The rectified step is taken from this length ρ of the moving average on. @defaultValue `5` */
  nSmaThreshold?: number;
  /** Below the threshold: a momentum step without denominator (`false`: no step). @defaultValue `false` */
  degeneratedToSgd?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

/** What a step of {@link RAdam} needs, for rules that extend it. */
export type RAdamCoefficients = { eta: number; correction: number; rectified: boolean };

/**
 * Adam that withholds or shortens its first steps, as long as its second moment is too uncertain to divide by.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * p ← p − η·m/(√v + ε)                     η = α·r·√(1 − β₂ᵗ)   while ρ ≥ nSmaThreshold
 * p ← p                                    before that (the first five steps with the defaults)
 * p ← p − η·m                              η = α                the same, with degeneratedToSgd
 *
 * α  = learningRate/(1 − β₁ᵗ)
 * ρ∞ = 2/(1 − β₂) − 1
 * ρ  = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)               length of the moving average v, in steps
 * r  = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]
 * ```
 *
 * Steps grow slowly, with the default β₂: none in steps 1 to 5, then 3 % of a step of Adam in step 6, 22 % in step
 * 100, 48 % in step 500, 65 % in step 1000. With `adanorm` the stretched g enters m alone.
 *
 * Where no step is taken, weights do not decay either; coupled decay still enters the moments. ε is added to the
 * uncorrected √v. With `beta2` ≤ 2/3, ρ stays below 5: without `degeneratedToSgd` nothing would ever move.
 *
 * Slots, of the parameter's shape: `m`, `v`; scalar: with `adanorm` `e`.
 *
 * PyTorch takes the momentum step and couples the decay by default; optax takes it too, and adds ε after the
 * correction. AdaNorm's own code forgets its average in every step, which makes it plain RAdam.
 *
 * **When to use:** in place of Adam with a warm-up, with the same learning rate. **When not:** where a warm-up is tuned
 * already, or in runs of few steps, of which the first ones are lost. **Hint:** drop the warm-up and keep everything
 * else; `degeneratedToSgd` steps are `learningRate`·|m| long, often far more than a step of Adam.
 *
 * @example
 * ```ts
 * import { RAdam } from '@optim/radam';
 *
 * model.compile({ optimizer: new RAdam({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1908.03265
 */
export class RAdam extends Optimizer<RAdamOptions> {
  static readonly className: string = 'RAdam';

  static override readonly rule: Rule<RAdamOptions, 'm' | 'v', RAdamCoefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      nSmaThreshold: real('[4, ∞)', 5),
      degeneratedToSgd: flag(false),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients(t, options) {
      const { rho, r } = rectification(t, options.beta2);
      const { alpha, correction } = biasCorrection(t, options);
      const rectified = rho >= options.nSmaThreshold;
      return { eta: rectified ? alpha * r * correction : alpha, correction, rectified };
    },
    // Weights do not decay in a step that is withheld.
    decay(pair, known) {
      const { weightDecayMode, rectified, degeneratedToSgd } = known;
      return rectified || degeneratedToSgd || weightDecayMode === 'coupled' ? decayed(pair, known) : pair;
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, stretched, m, v }, known) {
      const { beta1, beta2, epsilon, eta, rectified, degeneratedToSgd } = known;
      m = ema(m, stretched, beta1);
      v = ema(v, grad.square(), beta2);
      if (rectified) param = param.sub(m.mul(eta).div(v.sqrt().add(epsilon)));
      else if (degeneratedToSgd) param = param.sub(m.mul(eta));
      return { m, v, param };
    },
  };
}

register(RAdam);

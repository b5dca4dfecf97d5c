// SPDX-License-Identifier: Apache-2.0
// Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", arXiv:2010.07468
// Checked against the authors' adabelief_pytorch 0.2.1.

import {
  adaNormOptions,
  commonOptions,
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

/** Options of {@link AdaBelief}. */
export interface AdaBeliefOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Added to s in every step, where it stays, and to its root. @defaultValue `1e-16` */
  epsilon?: Hyper;
  /** Variance rectification as in RAdam. @defaultValue `true` */
  rectify?: boolean;
  /** The rectified step is taken from this length ρ of the moving average on. @defaultValue `5` */
  nSmaThreshold?: number;
  /** Below the threshold: a momentum step without denominator (`false`: no step). @defaultValue `true` */
  degeneratedToSgd?: boolean;
  /** Use the largest s so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

type Coefficients = { alpha: number; correction: number; rectified: boolean };

/**
 * Adam whose denominator measures how far the gradient is from its own moving average: small surprise, large step.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * s ← β₂s + (1 − β₂)(g − m)² + ε
 * p ← p − α·m/(√s/√(1 − β₂ᵗ) + ε)          α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * With `rectify`, the default, r is the rectification of RAdam and ρ the length of the moving average:
 *
 * ```text
 * p ← p − α·r·√(1 − β₂ᵗ)·m/(√s + ε)        while ρ ≥ nSmaThreshold
 * p ← p − α·m                              before that (the first five steps with the defaults)
 * ρ∞ = 2/(1 − β₂) − 1,  ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ),  r = √[(ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)]
 * ```
 *
 * r makes a long warm-up. The first steps with the default β₂: momentum steps in 1 to 5, then 3 % of the step without
 * r in step 6, 22 % in step 100, 48 % in step 500, 65 % in step 1000.
 *
 * With `amsgrad` the largest s so far is divided by in place of s. With `adanorm` the stretched g enters m and s:
 * both g in (g − m)² and g in m. With `degeneratedToSgd: false` no step is taken below the threshold, but weights
 * decay in all steps.
 *
 * Slots, of the parameter's shape: `m`, `s`, with `amsgrad` `x` (largest s); scalar: with `adanorm` `e`.
 *
 * Differs from the authors' code in using the AMSGrad maximum with `rectify` too. Others keep ε out of the state, or
 * use the m before the step in (g − m)²: both are different algorithms.
 *
 * **When to use:** in place of Adam where gradients agree from step to step: CNNs, GANs, transformers.
 * **When not:** where gradients hardly vary, as with full batches: s falls to ε/(1 − β₂), and steps grow as long as that allows. Do
 * not clip elements of gradients (`clipByValue`): equal gradients make s tiny and steps huge, the authors warn; clip
 * the norm. **Hint:** keep Adam's learning rate, and choose `epsilon`, which matters more than Adam's. The authors
 * use 1e-16 for transformers, LSTMs and SN-GANs, 1e-12 for small GANs, 1e-8 for CNNs where SGD does well;
 * their package for TensorFlow has 1e-14.
 *
 * @example
 * ```ts
 * import { AdaBelief } from '@optim/adabelief';
 *
 * model.compile({ optimizer: new AdaBelief({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2010.07468
 */
export class AdaBelief extends Optimizer<AdaBeliefOptions> {
  static readonly className: string = 'AdaBelief';

  static override readonly rule: Rule<AdaBeliefOptions, 'm' | 's' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.999, 1e-16),
      rectify: flag(true),
      nSmaThreshold: real('[4, ∞)', 5),
      degeneratedToSgd: flag(true),
      amsgrad: flag(false),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, s: zeros, x: amsgrad && zeros }),
    coefficients(t, options) {
      const { rho, r } = rectification(t, options.beta2);
      const rectified = options.rectify && rho >= options.nSmaThreshold;
      const { alpha, correction } = biasCorrection(t, options);
      return { alpha: rectified ? alpha * r * correction : alpha, correction, rectified };
    },
    secondMoment: ({ s, x }, { amsgrad, correction }) => (amsgrad ? x : s).div(correction.square()),
    update({ param, stretched: g, m, s, x }, known) {
      const { beta1, beta2, epsilon, alpha, correction, amsgrad } = known;
      m = ema(m, g, beta1);
      s = ema(s, g.sub(m).square(), beta2).add(epsilon);
      const { u, kept } = largestSoFar(s, x, amsgrad);
      let step = m.mul(alpha);
      if (!known.rectify) step = step.div(u.sqrt().div(correction).add(epsilon));
      else if (known.rectified) step = step.div(u.sqrt().add(epsilon));
      else if (!known.degeneratedToSgd) return { m, s, ...kept, param };
      return { m, s, ...kept, param: param.sub(step) };
    },
  };
}

register(AdaBelief);

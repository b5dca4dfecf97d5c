// SPDX-License-Identifier: Apache-2.0
// Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", arXiv:2010.07468
// Checked against the authors' adabelief_pytorch 0.2.1.

import { adaNorm, adaNormOptions, commonOptions, flag, hyper, Optimizer, real, register, type AdaNormOptions, type Hyper, type OptimizerOptions, type OptionTable, type Resolved, type Results, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, rectification, zero, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link AdaBelief}. */
export interface AdaBeliefOptions extends OptimizerOptions, AdaNormOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
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
 * With `rectify`, r = RAdam's rectification and ρ the length of the moving average:
 *
 * ```text
 * p ← p − α·r·√(1 − β₂ᵗ)·m/(√s + ε)        while ρ ≥ nSmaThreshold
 * p ← p − α·m                              before that (the first five steps with the defaults)
 * ```
 *
 * Slots, of the parameter's shape: `m`, `s`, with `amsgrad` `x` (largest s); scalar: with `adanorm` `e`.
 *
 * Differs from the authors' code in using the AMSGrad maximum with `rectify` too. Others keep ε out of the state, or
 * use the m before the step in (g − m)²: both are different algorithms. Where floats have 16 bits, use ε = 1e-8.
 *
 * **When to use:** in place of Adam where gradients agree from step to step: CNNs, GANs, transformers.
 * **When not:** where gradients hardly vary, as with full batches: s falls to ε/(1 − β₂), and steps grow as long as
 * that allows. **Hint:** keep Adam's learning rate, and choose `epsilon`, which matters more than Adam's: 1e-16 for
 * transformers and GANs, 1e-8 for CNNs where SGD does well.
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
  static get className(): string {
    return 'AdaBelief';
  }

  static override readonly options: OptionTable<AdaBeliefOptions> = {
    learningRate: hyper('[0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('[0, ∞)', 1e-16),
    rectify: flag(true),
    nSmaThreshold: real('[4, ∞)', 5),
    degeneratedToSgd: flag(true),
    amsgrad: flag(false),
    adamD: flag(false),
    ...adaNormOptions(),
    ...commonOptions(),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots({ amsgrad, adanorm }: AdaBeliefOptions): Record<string, SlotInit> {
    return { m: zeros, s: zeros, ...(amsgrad && { x: zeros }), ...(adanorm && { e: zero }) };
  }

  protected override coefficients(t: number, hyper: Resolved<AdaBeliefOptions>): Coefficients {
    const { rho, r } = rectification(t, hyper.beta2);
    const rectified = hyper.rectify && rho >= hyper.nSmaThreshold;
    const { alpha, correction } = biasCorrection(t, hyper);
    return { alpha: rectified ? alpha * r * correction : alpha, correction, rectified };
  }

  protected override secondMoment(
    { s, x }: Tensors<'s' | 'x'>,
    { amsgrad, correction }: Scalars<AdaBeliefOptions, Coefficients>,
  ): Expression {
    return (amsgrad ? x : s).div(correction.square());
  }

  protected override update(
    { param, grad, m, s, x, e }: Tensors<'m' | 's' | 'x' | 'e'>,
    { beta1, beta2, epsilon, alpha, correction, ...options }: Scalars<AdaBeliefOptions, Coefficients>,
  ): Results {
    const { rectify, rectified, degeneratedToSgd, amsgrad } = options;
    const { grad: g, kept: norm } = adaNorm(grad, e, options);
    m = ema(m, g, beta1);
    s = ema(s, g.sub(m).square(), beta2).add(epsilon);
    const { u, kept: largest } = largestSoFar(s, x, amsgrad);
    const kept = { m, s, ...norm, ...largest };

    let step = m.mul(alpha);
    if (!rectify) step = step.div(u.sqrt().div(correction).add(epsilon));
    else if (rectified) step = step.div(u.sqrt().add(epsilon));
    else if (!degeneratedToSgd) return { ...kept, param };
    return { ...kept, param: param.sub(step) };
  }
}

register(AdaBelief);

// SPDX-License-Identifier: Apache-2.0
// Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", arXiv:2208.06677
// Checked against the authors' adan.py.

import {
  adaNorm,
  adaNormOptions,
  commonOptions,
  hyper,
  Optimizer,
  register,
  round,
  whole,
  type AdaNormOptions,
  type PeakOptions,
  type Hyper,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { constant, lengthOf, squareSums, where } from '@optim/fusion';

/** Options of {@link Adan}. */
export interface AdanOptions extends PeakOptions, AdaNormOptions {
  /** Step size: a number, or a schedule of the number of steps done. @defaultValue `1e-3` */
  learningRate?: Hyper;
  /** Decay of the first moment. @defaultValue `0.98` */
  beta1?: Hyper;
  /** Decay of the average difference, and its weight in the step. @defaultValue `0.92` */
  beta2?: Hyper;
  /** Decay of the second moment. @defaultValue `0.99` */
  beta3?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /**
   * `'proximal'` is the paper's: p ← p/(1 + learningRate·λ) after the step. The others act before it.
   * @defaultValue `'proximal'`
   */
  weightDecayMode?: 'proximal' | Exclude<WeightDecayMode, 'coupled'>;
  /** Clip the global norm of the gradients to this first; 0 is off. @defaultValue `0` */
  maxGradNorm?: Hyper;
}

type Coefficients = { c1: number; c2: number; c3: number; first: boolean };
/** The factor that brings the global norm of all gradients down to `maxGradNorm`. */
type Observed = { clip?: number };

/**
 * Adam with Nesterov momentum, written with differences of successive gradients so that no gradient is taken elsewhere.
 *
 * ```text
 * δ = g − h,  h ← g                        δ = 0 in the first step of a parameter
 * m ← β₁m + (1 − β₁)g                      m̂ = m/(1 − β₁ᵗ)
 * d ← β₂d + (1 − β₂)δ                      d̂ = d/(1 − β₂ᵗ)
 * v ← β₃v + (1 − β₃)(g + β₂δ)²             D = √v/√(1 − β₃ᵗ) + ε
 * p ← (p − learningRate·(m̂ + β₂d̂)/D)/(1 + learningRate·weightDecay)
 * ```
 *
 * The decay is `'proximal'`; `'decoupled'` is the authors' `no_prox`. With `maxGradNorm` all gradients are first
 * multiplied by min(1, maxGradNorm/(N + ε)), N their global norm after the hooks. `adanorm` rescales what enters m
 * and is not in the authors' code.
 *
 * Slots, of the parameter's shape: `m`, `d`, `v`, and `h`, the gradient before; scalar: with `adanorm` `e`.
 *
 * The paper's β are 1 minus these. optax weighs d and δ by 1 − β₂ in place of β₂, another algorithm unless β₂ is ½.
 *
 * **When to use:** for transformers and other large models, and with large batches, where Adam asks for many epochs.
 * **When not:** where memory is short (four slots), or gradients are very noisy: so are their differences.
 * **Hint:** try 5 to 10 times Adam's learning rate, with a warm-up, and `weightDecay` of about 0.02.
 *
 * @example
 * ```ts
 * import { Adan } from '@optim/adan';
 *
 * model.compile({ optimizer: new Adan({ learningRate: 5e-3, weightDecay: 0.02 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2208.06677
 */
export class Adan extends Optimizer<AdanOptions> {
  static readonly className: string = 'Adan';

  static override readonly rule: Rule<AdanOptions, 'm' | 'd' | 'v' | 'h' | 'e', Coefficients, Observed> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.98),
      beta2: hyper('[0, 1)', 0.92),
      beta3: hyper('[0, 1)', 0.99),
      epsilon: hyper('[0, ∞)', 1e-8),
      maxGradNorm: whole(hyper('[0, ∞)', 0)),
      ...adaNormOptions(),
      ...commonOptions(0, 'proximal', ['proximal', 'decoupled', 'independent', 'corrected']),
    },
    momentum: ['m', 'd'],
    slots: () => ({ m: zeros, d: zeros, v: zeros, h: zeros }),
    coefficients: (t, { beta1, beta2, beta3 }) => ({
      c1: 1 - beta1 ** t,
      c2: 1 - beta2 ** t,
      c3: 1 - beta3 ** t,
      first: t === 1,
    }),
    rounds: (options) =>
      options.maxGradNorm === 0
        ? []
        : [
            round({
              observe: ({ grad }) => squareSums(grad),
              combine(sums, { maxGradNorm, epsilon }) {
                const factor = maxGradNorm.div(lengthOf(sums).add(epsilon)).minimum(1);
                return { clip: where(maxGradNorm.greater(0), factor, 1) };
              },
            }),
          ],
    secondMoment: ({ v }, { c3 }) => v.div(c3),
    update({ param, grad, m, d, v, h, e }, known) {
      const { learningRate, beta1, beta2, beta3, epsilon, c1, c2, c3, first, clip } = known;
      const g = clip ? grad.mul(clip) : grad;
      const delta = first ? constant(0) : g.sub(h);
      // It is the clipped gradient that is stretched, not the one that core knows.
      const { stretched, kept } = known.adanorm ? adaNorm(g, e, known.adanormR) : { stretched: g, kept: {} };
      m = ema(m, stretched, beta1);
      d = ema(d, delta, beta2);
      v = ema(v, g.add(delta.mul(beta2)).square(), beta3);
      const D = v.div(c3).sqrt().add(epsilon);
      let step = m
        .div(c1)
        .add(d.mul(beta2.div(c2)))
        .mul(learningRate)
        .div(D);
      if (known.decays && known.weightDecayMode === 'proximal') {
        const shrinkage = learningRate.mul(known.weightDecay).add(1);
        [param, step] = [param.div(shrinkage), step.div(shrinkage)];
      }
      return { ...kept, m, d, v, h: g, start: param, param: param.sub(step) };
    },
  };
}

register(Adan);

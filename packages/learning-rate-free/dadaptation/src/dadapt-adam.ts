// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733
// Checked against the authors' dadaptation 3.2.

import {
  decayed,
  flag,
  hyper,
  Optimizer,
  plainDecayOptions,
  type Hyper,
  type PlainDecayMode,
  type Rule,
} from '@optim/core/authoring';
import { countedCorrections, ema, pauses, zeros } from '@optim/formulas';
import {
  estimation,
  growingOptions,
  rateInForce,
  type Estimated,
  type GrowingOptions,
} from './d-adaptation.js';

/** Options of {@link DAdaptAdam}. */
export interface DAdaptAdamOptions extends GrowingOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to √v. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Adam's bias correction, as a factor on λ. @defaultValue `false` */
  biasCorrection?: boolean;
  /** `'decoupled'`: p ← p·(1 − λ·weightDecay); the others as everywhere. @defaultValue `'coupled'` */
  weightDecayMode?: PlainDecayMode;
}

type Globals = { r: number; c1: number; c2: number };

/**
 * Adam whose learning rate comes from an estimate d of the distance to the solution.
 *
 * ```text
 * λ = d·learningRate                       with biasCorrection · √(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * n = λ·Σ g·s/(√v + ε)                     s, v of the step before
 * m ← β₁m + (1 − β₁)λg
 * v ← β₂v + (1 − β₂)g²
 * s ← b·s + (1 − b)λg                      b = √β₂
 * r ← b·r + (1 − b)n
 * d ← max(d, min(r/((1 − b)Σ|s|), d·growthRate))
 * p ← p − m/(√v + ε)
 * ```
 *
 * Sums are over all parameters. Decoupled decay is p ← p·(1 − weightDecay·λ). While all gradients have been zero
 * nothing changes and no step is counted; neither in a step whose scheduled learningRate is 0.
 *
 * Slots, of the parameter's shape: `m`, `v`, `s`. Globals: `d`, `r`, and `c1`, `c2`, the values of 1 − βᵗ.
 *
 * optax always corrects the bias and decouples the decay; pytorch_optimizer multiplies by Σ|s| where the authors
 * divide, so that d never moves.
 *
 * **When to use:** where Adam does well and there is no time to search for its rate. **When not:** where a rate is known
 * already: three slots and two passes find it no better; Prodigy usually finds it sooner. **Hint:** leave learningRate
 * at 1, and use decoupled decay of about twice what AdamW has; `biasCorrection` together with a schedule helps
 * transformers.
 *
 * @example
 * ```ts
 * import { DAdaptAdam } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptAdam(), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptAdam extends Optimizer<DAdaptAdamOptions> {
  static readonly className: string = 'DAdaptAdam';

  static override readonly rule: Rule<
    DAdaptAdamOptions,
    'm' | 'v' | 's',
    { b: number },
    Globals & Estimated
  > = {
    options: {
      ...growingOptions(),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      epsilon: hyper('(0, ∞)', 1e-8),
      biasCorrection: flag(false),
      ...plainDecayOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros, s: zeros }),
    globals: ({ d0 }) => ({ d: d0, r: 0, c1: 0, c2: 0 }),
    coefficients: (_t, { beta2 }) => ({ b: Math.sqrt(beta2) }),
    // A step that does not count does not decay.
    decay(pair, known) {
      const { weightDecay, weightDecayMode, counts } = known;
      if (weightDecayMode === 'coupled' || !counts) return decayed(pair, known);
      return decayed(pair, { ...known, weightDecay: weightDecay.mul(counts) });
    },
    rateInForce,
    pauses,
    rounds: () => [
      estimation({
        unit(known) {
          if (!known.biasCorrection) return known.d;
          const { c1, c2 } = countedCorrections(known);
          return known.d.mul(c2.sqrt().div(c1));
        },
        observe: ({ grad, v, s }, { epsilon, b }, lambda) => ({
          product: grad.mul(s).div(v.sqrt().add(epsilon)).sum().mul(lambda),
          length: ema(s, grad.mul(lambda), b).abs().sum(),
        }),
        estimate({ product, length }, { b, ...known }) {
          const r = ema(known.r, product, b);
          return { d: r.div(length.mul(b.complement())), r, ...countedCorrections(known) };
        },
      }),
    ],
    secondMoment: ({ v }) => v,
    update({ param, grad, m, v, s }, { beta1, beta2, epsilon, b, rateInForce: lambda }) {
      const scaled = grad.mul(lambda);
      m = ema(m, scaled, beta1);
      v = ema(v, grad.square(), beta2);
      s = ema(s, scaled, b);
      return { m, v, s, param: param.sub(m.div(v.sqrt().add(epsilon))) };
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733; Xie et al., "Adan: Adaptive
// Nesterov Momentum Algorithm for Faster Optimizing Deep Models", arXiv:2208.06677
// Checked against the authors' dadaptation 3.2.

import { flag, hyper, oneDecayOptions, Optimizer, type Hyper, type Rule } from '@optim/core/authoring';
import { ema, pauses, zeros } from '@optim/formulas';
import { constant, type Expression } from '@optim/fusion';
import {
  estimation,
  growingOptions,
  rateInForce,
  type Estimated,
  type GrowingOptions,
} from './d-adaptation.js';

/** Options of {@link DAdaptAdan}. */
export interface DAdaptAdanOptions extends Omit<GrowingOptions, 'weightDecayMode'> {
  /** Decay of the moment of gradients. @defaultValue `0.98` */
  beta1?: Hyper;
  /** Decay of the moment of their differences. @defaultValue `0.92` */
  beta2?: Hyper;
  /** Decay of the second moment. @defaultValue `0.99` */
  beta3?: Hyper;
  /** Added to √v. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Strength of the weight decay, which is multiplied by λ. @defaultValue `0.02` */
  weightDecay?: Hyper;
  /** Decay before the step, as AdamW does, in place of the proximal form. @defaultValue `false` */
  noProx?: boolean;
}

/**
 * Adan, which adds the difference of successive gradients to the momentum, with a learning rate that comes from an
 * estimate d of the distance to the solution. Experimental according to its authors.
 *
 * ```text
 * λ = d·learningRate
 * f = g − o,  o ← g                        f = 0 in the first step of a parameter
 * m ← β₁m + (1 − β₁)λg
 * w ← β₂w + (1 − β₂)λf
 * v ← β₃v + (1 − β₃)(g + β₂f)²             D = √v + ε
 * s ← β₃s + (1 − β₃)λg
 * q ← β₃q + (1 − β₃)λ²·Σ g²/D
 * d ← max(d, min((Σ s²/D/(1 − β₃) − q)/Σ|s|, d·growthRate))
 * p ← (p − (m + β₂w)/D)/(1 + λ·weightDecay)
 * ```
 *
 * With `noProx` p ← p·(1 − λ·weightDecay) − (m + β₂w)/D, which diverges where λ·weightDecay exceeds 2. Sums are over all
 * parameters; λ is that of the d before the step; no bias is corrected. While all gradients have been zero nothing
 * changes but o, and no step is counted; neither in a step whose scheduled learningRate is 0.
 *
 * Slots, of the parameter's shape: `m`, `w`, `v`, `s`, and `o`, the gradient before. Globals: `d`, `q`.
 *
 * Adan itself corrects the bias. pytorch_optimizer squares (g + β₂f)² once more, and does not decay by default.
 *
 * **When to use:** where Adan is known to do better than Adam and its rate is to be found. **When not:** as a first
 * choice (DAdaptAdam, Prodigy), or where five slots are too many. **Hint:** `growthRate` of 1.02 to 1.1 keeps d from
 * overshooting in the first steps.
 *
 * @example
 * ```ts
 * import { DAdaptAdan } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptAdan({ growthRate: 1.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptAdan extends Optimizer<DAdaptAdanOptions> {
  static readonly className: string = 'DAdaptAdan';

  static override readonly rule: Rule<
    DAdaptAdanOptions,
    'm' | 'w' | 'v' | 's' | 'o',
    { first: boolean },
    { q: number } & Estimated
  > = {
    options: {
      ...growingOptions(),
      beta1: hyper('[0, 1)', 0.98),
      beta2: hyper('[0, 1)', 0.92),
      beta3: hyper('[0, 1)', 0.99),
      epsilon: hyper('(0, ∞)', 1e-8),
      noProx: flag(false),
      ...oneDecayOptions(0.02),
    },
    momentum: ['m', 'w'],
    slots: () => ({ m: zeros, w: zeros, v: zeros, s: zeros, o: zeros }),
    globals: ({ d0 }) => ({ d: d0, q: 0 }),
    coefficients: (t) => ({ first: t === 1 }),
    decay: 'never',
    rateInForce,
    pauses,
    rounds: () => [
      estimation({
        observe(tensors, known, lambda) {
          const { s, D } = moments(tensors, known, lambda);
          return {
            energy: tensors.grad.square().div(D).sum().mul(lambda.square()),
            reach: s.square().div(D).sum(),
            length: s.abs().sum(),
          };
        },
        estimate({ energy, reach, length }, { beta3, ...known }) {
          const q = ema(known.q, energy, beta3);
          return { d: reach.div(beta3.complement()).sub(q).div(length), q };
        },
      }),
    ],
    secondMoment: ({ v }) => v,
    update({ param, grad, ...slots }, known) {
      const { beta2, weightDecay, noProx, decays, counts, rateInForce: lambda } = known;
      const { D, ...kept } = moments({ grad, ...slots }, known, lambda);
      const u = kept.m.add(kept.w.mul(beta2)).div(D);
      const next = { ...kept, o: grad };
      if (!decays) return { ...next, param: param.sub(u) };
      const strength = lambda.mul(weightDecay).mul(counts!);
      const shrinkage = strength.add(1);
      const start = noProx ? param.mul(strength.complement()) : param.div(shrinkage);
      return { ...next, start, param: start.sub(noProx ? u : u.div(shrinkage)) };
    },
  };
}

type Betas = Record<'beta1' | 'beta2' | 'beta3' | 'epsilon', Expression>;

/** The new moments and s, and D. */
function moments(
  { grad, o, ...slots }: Record<'grad' | 'm' | 'w' | 'v' | 's' | 'o', Expression>,
  { beta1, beta2, beta3, epsilon, first }: Betas & { first: boolean },
  lambda: Expression,
): Record<'m' | 'w' | 'v' | 's' | 'D', Expression> {
  const f = first ? constant(0) : grad.sub(o);
  const v = ema(slots.v, grad.add(f.mul(beta2)).square(), beta3);
  return {
    m: ema(slots.m, grad.mul(lambda), beta1),
    w: ema(slots.w, f.mul(lambda), beta2),
    v,
    s: ema(slots.s, grad.mul(lambda), beta3),
    D: v.sqrt().add(epsilon),
  };
}

// SPDX-License-Identifier: Apache-2.0
// Defazio and Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv:2301.07733; Chen et al., "Symbolic
// Discovery of Optimization Algorithms", arXiv:2302.06675
// Checked against the authors' dadaptation 3.2.

import {
  hyper,
  Optimizer,
  plainDecayOptions,
  real,
  whole,
  type Hyper,
  type PlainDecayMode,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import { estimation, rateInForce, type DAdaptOptions, type Estimated } from './d-adaptation.js';

/** Options of {@link DAdaptLion}. */
export interface DAdaptLionOptions extends DAdaptOptions {
  /** Share of the momentum in the sign. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the momentum. @defaultValue `0.99` */
  beta2?: Hyper;
  /** `'decoupled'`: p ← p·(1 − λ·weightDecay); the others as everywhere. @defaultValue `'decoupled'` */
  weightDecayMode?: PlainDecayMode;
}

/**
 * Lion, which moves every parameter by the sign of a momentum, with a learning rate that comes from an estimate d of the
 * distance to the solution. Experimental according to its authors.
 *
 * ```text
 * λ = d·learningRate
 * u = sign(β₁m + (1 − β₁)g)
 * p ← p·(1 − λ·weightDecay) − λu
 * m ← β₂m + (1 − β₂)λg
 * r ← b·r + (1 − b)λ·Σ u·s                 s of the step before, b = √β₂
 * s ← b·s + (1 − b)λu
 * d ← max(d, r/((1 − b)Σ|s|))
 * ```
 *
 * Sums are over all parameters; λ is that of the d before the step. λ is in the momentum, but not in the gradient beside
 * it: while d is tiny the sign is that of the gradient alone. While all gradients have been zero nothing changes, but for
 * the decay. Nothing limits d: it grows as long as Σ u·s/Σ|s|, how far steps agree with those before, is above
 * (1 − b)/learningRate, 0.005 by default.
 *
 * Slots, of the parameter's shape: `m`, `s`. Globals: `d`, `r`.
 *
 * Lion itself has no λ in its momentum. pytorch_optimizer has β₂ = 0.999 and a coupled decay by default.
 *
 * **When to use:** where Lion does well (large batches, transformers) and its rate is to be found. **When not:** on small
 * problems and without a schedule, where d may diverge. **Hint:** weight decay three to ten times that of AdamW, as with
 * Lion; where d gets out of hand, learningRate 0.1 falling to 0, with `d0: 1e-3`.
 *
 * @example
 * ```ts
 * import { DAdaptLion } from '@optim/dadaptation';
 *
 * model.compile({ optimizer: new DAdaptLion({ weightDecay: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2301.07733
 */
export class DAdaptLion extends Optimizer<DAdaptLionOptions> {
  static readonly className: string = 'DAdaptLion';

  static override readonly rule: Rule<
    DAdaptLionOptions,
    'm' | 's',
    { b: number },
    { r: number } & Estimated
  > = {
    options: {
      learningRate: hyper('[0, ∞)', 1),
      d0: whole(real('(0, ∞)', 1e-6)),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.99),
      ...plainDecayOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, s: zeros }),
    globals: ({ d0 }) => ({ d: d0, r: 0 }),
    coefficients: (_t, { beta2 }) => ({ b: Math.sqrt(beta2) }),
    // A rate of 0 is one of its own: momentum and sums go on.
    pauses: () => false,
    rateInForce,
    rounds: () => [
      estimation({
        observe({ grad, m, s }, { beta1, b }, lambda) {
          const u = ema(m, grad, beta1).sign();
          return { product: u.mul(s).sum().mul(lambda), length: ema(s, u.mul(lambda), b).abs().sum() };
        },
        estimate({ product, length }, { b, ...known }) {
          const r = ema(known.r, product, b);
          return { d: r.div(length.mul(b.complement())), r };
        },
      }),
    ],
    update({ param, grad, m, s }, { beta1, beta2, b, rateInForce: lambda }) {
      const step = ema(m, grad, beta1).sign().mul(lambda);
      return { m: ema(m, grad.mul(lambda), beta2), s: ema(s, step, b), param: param.sub(step) };
    },
  };
}

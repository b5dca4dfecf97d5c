// SPDX-License-Identifier: Apache-2.0
// Xie et al., "Adaptive Inertia: Disentangling the Effects of Adaptive Learning Rate and Momentum", arXiv:2006.15815
// Checked against the authors' Adai, AdaiV2 and AdaiW.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  Optimizer,
  register,
  round,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, ones, quotient, zeros } from '@optim/formulas';
import { constant, pow, type Expression } from '@optim/fusion';

/** Options of {@link Adai}. */
export interface AdaiOptions extends OptimizerOptions {
  /** Scale of 1 − momentum. @defaultValue `0.1` */
  beta0?: Hyper;
  /** Decay of the second moment. @defaultValue `0.99` */
  beta2?: Hyper;
  /** The momentum is at most 1 − ε. @defaultValue `1e-3` */
  epsilon?: Hyper;
  /** The authors' AdaiW: plain decoupled decay, whatever the mode says. Not the hook `stableWeightDecay`. @defaultValue `false` */
  stableWeightDecay?: boolean;
  /** Below 1: AdaiV2, adaptive moments in addition. @defaultValue `1` */
  dampening?: Hyper;
}

type Coefficients = { k: number; correction: number; dampened: boolean };
/** V: the mean of v̂ over all elements of all parameters with a gradient. */
type Observed = { V: number };

/**
 * SGD-like steps with one momentum coefficient per weight, small where the variance of the gradient is large.
 *
 * ```text
 * v ← β₂v + (1 − β₂)g²                     v̂ = v/(1 − β₂ᵗ)
 * V = mean of v̂ over all elements of all parameters
 * μ = clip(1 − β₀(v̂/V)ᵏ, 0, 1 − ε)         k = 1/(3 − 2·dampening)
 * c ← c·μ
 * m ← μ·m + (1 − μ)^dampening·g
 * p ← p − learningRate·β₀^(1 − dampening)·m/(1 − c)
 * ```
 *
 * Slots, of the parameter's shape: `m`, `v`, and `c`, the product of the momenta so far (starts at one).
 *
 * Parameters without a gradient take no part in V. The authors' code gives NaN when all gradients are zero; here
 * v̂/V is then 0.
 *
 * **When to use:** where SGD with momentum generalizes best, as with CNNs. **When not:** where Adam's adaptive steps
 * are needed, as with transformers. The authors call the variant with `dampening` below 1 a test. **Hint:** use the
 * learning rate of plain SGD, about ten times that of momentum SGD (0.1 to 1 for CNNs): the default is far too small
 * for most tasks.
 *
 * @example
 * ```ts
 * import { Adai } from '@optim/adai';
 *
 * model.compile({ optimizer: new Adai({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2006.15815
 */
export class Adai extends Optimizer<AdaiOptions> {
  static readonly className: string = 'Adai';

  static override readonly rule: Rule<AdaiOptions, 'm' | 'v' | 'c', Coefficients, Observed> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta0: hyper('[0, ∞)', 0.1),
      beta2: hyper('[0, 1)', 0.99),
      epsilon: hyper('[0, 1)', 1e-3),
      stableWeightDecay: flag(false),
      dampening: hyper('[0, 1]', 1),
      ...commonOptions(0, 'coupled'),
    },
    needs: ['gradient'],
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros, c: ones }),
    coefficients: (t, { beta2, dampening }) => ({
      k: 1 / (3 - 2 * dampening),
      correction: 1 - beta2 ** t,
      dampened: dampening !== 1,
    }),
    decay: (pair, known) =>
      decayed(pair, known.stableWeightDecay ? { ...known, weightDecayMode: 'decoupled' } : known),
    rounds: () => [
      round({
        observe: ({ grad, v }, { beta2, correction }) => ({
          total: ema(v, grad.square(), beta2).div(correction).sum(),
          count: constant(v.size),
        }),
        combine: ({ total, count }) => ({ V: total.div(count) }),
      }),
    ],
    secondMoment: ({ v }, { correction }) => v.div(correction),
    update({ param, grad, m, v, c }, known) {
      const { learningRate, beta0, beta2, epsilon, dampening, dampened, k, correction, V } = known;
      v = ema(v, grad.square(), beta2);
      const r = quotient(v.div(correction), V);
      // Powers take their time: none where both exponents are 1.
      const power = (x: Expression, exponent: Expression): Expression => (dampened ? pow(x, exponent) : x);
      const mu = power(r, k).mul(beta0).complement().clip(0, epsilon.complement());
      c = c.mul(mu);
      m = mu.mul(m).add(power(mu.complement(), dampening).mul(grad));
      const rate = learningRate.mul(pow(beta0, dampening.complement()));
      return { m, v, c, param: param.sub(m.mul(rate).div(c.complement())) };
    },
  };
}

register(Adai);

// SPDX-License-Identifier: Apache-2.0
// Balles and Hennig, "Dissecting Adam: The Sign, Magnitude and Variance of Stochastic Gradients", arXiv:1705.07774
// Checked against the authors' msvag.py.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, quotient, zeros } from '@optim/formulas';

/** Options of {@link MSVAG}. */
export interface MSVAGOptions extends OptimizerOptions {
  /** Decay of both averages. @defaultValue `0.9` */
  beta?: Hyper;
}

type Coefficients = { correction: number; rho: number; first: boolean };

/**
 * Momentum SGD that damps every element by an estimate of the noise in its gradient: what is mostly noise takes a
 * smaller step.
 *
 * ```text
 * m ← βm + (1 − β)g                        m̂ = m/(1 − βᵗ)
 * v ← βv + (1 − β)g²                       v̂ = v/(1 − βᵗ)
 * ρ = (1 − β)²(1 − β²ᵗ)/[(1 − βᵗ)²(1 − β²)]    at most 0.9999
 * S = (v̂ − m̂²)/(1 − ρ)
 * f = m̂²/(m̂² + ρS)                         in [0, 1], 0 where m̂ = 0; first: 1
 * p ← p − learningRate·f·m̂
 * ```
 *
 * S estimates the variance of the gradient, ρS that of m̂. There is no ε. At the first step v̂ = m̂², and S would be
 * rounding noise: f is what exact arithmetic gives. Later, too, rounding may take S below zero, hence the limits of f.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * The authors count steps for all parameters together, here each has its count; weight decay is not in their code.
 * pytorch_optimizer divides the averages by βᵗ instead of 1 − βᵗ, so that its steps grow without bound.
 *
 * **When to use:** where momentum SGD generalizes better than Adam and its gradients are noisy. **When not:** where
 * layers need steps of different scale: as with SGD, the size of a step is that of the gradient. **Hint:** the learning
 * rate of well-tuned SGD times 1/(1 − momentum): m̂ is a mean and not a sum.
 *
 * @example
 * ```ts
 * import { MSVAG } from '@optim/msvag';
 *
 * model.compile({ optimizer: new MSVAG({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1705.07774
 */
export class MSVAG extends Optimizer<MSVAGOptions> {
  static readonly className: string = 'MSVAG';

  static override readonly rule: Rule<MSVAGOptions, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.01),
      beta: hyper('[0, 1)', 0.9),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients(t, { beta }) {
      const correction = 1 - beta ** t;
      const rho = ((1 - beta) ** 2 * (1 - beta ** (2 * t))) / (correction ** 2 * (1 - beta ** 2));
      return { correction, rho: Math.min(rho, 0.9999), first: t === 1 };
    },
    update({ param, grad, m, v }, { learningRate, beta, correction, rho, first }) {
      m = ema(m, grad, beta);
      v = ema(v, grad.square(), beta);
      const mean = m.div(correction);
      if (first) return { m, v, param: param.sub(mean.mul(learningRate)) };
      const m2 = mean.square();
      const S = v.div(correction).sub(m2).div(rho.complement());
      const total = m2.add(S.mul(rho));
      const f = quotient(m2, total).clip(0, 1);
      return { m, v, param: param.sub(f.mul(mean).mul(learningRate)) };
    },
  };
}

register(MSVAG);

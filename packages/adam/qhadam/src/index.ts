// SPDX-License-Identifier: Apache-2.0
// Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv:1810.06801
// Checked against the authors' qhoptim.

import {
  commonOptions,
  hyper,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link QHAdam}. */
export interface QHAdamOptions extends OptimizerOptions, MomentsOptions {
  /** ν₁, the share of the first moment in the numerator; the rest is the gradient. @defaultValue `1` */
  nu1?: Hyper;
  /** ν₂, the share of the second moment in the denominator; the rest is the squared gradient. @defaultValue `1` */
  nu2?: Hyper;
  /** Added to the root; 0 gives NaN for a weight that has only had gradients of zero. @defaultValue `1e-8` */
  epsilon?: Hyper;
}

type Coefficients = { firstCorrection: number; secondCorrection: number };

/**
 * Adam that mixes both of its moving averages with the gradient at hand.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g                      m̂ = m/(1 − β₁ᵗ)
 * v ← β₂v + (1 − β₂)g²                     v̂ = v/(1 − β₂ᵗ)
 * n = ν₁m̂ + (1 − ν₁)g
 * d = √(ν₂v̂ + (1 − ν₂)g²) + ε
 * p ← p − learningRate·n/d
 * ```
 *
 * With ν₁ = ν₂ = 1, the defaults, it is Adam; ν₁ = 0 is RMSProp with bias correction; ν₁ = β₁, ν₂ = 1 is NAdam but for
 * its bias correction. The first step is learningRate·g/(|g| + ε) whatever they are.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * The authors keep m̂ and v̂ instead, which differs by rounding. pytorch_optimizer misplaces a bracket in v, which
 * makes it wrong from the first step on.
 *
 * **When to use:** where a longer memory of gradients would help, but Adam with a larger β₁ reacts too late.
 * **When not:** with its defaults, which are Adam's. **Hint:** the authors' rule of thumb is `nu1` 0.7, `nu2` 1,
 * `beta1` 0.995, `beta2` 0.999, with the learning rate of Adam.
 *
 * @example
 * ```ts
 * import { QHAdam } from '@optim/qhadam';
 *
 * model.compile({ optimizer: new QHAdam({ learningRate: 1e-3, nu1: 0.7, beta1: 0.995 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1810.06801
 */
export class QHAdam extends Optimizer<QHAdamOptions> {
  static readonly className: string = 'QHAdam';

  static override readonly rule: Rule<QHAdamOptions, 'm' | 'v', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      beta1: hyper('[0, 1)', 0.9),
      beta2: hyper('[0, 1)', 0.999),
      nu1: hyper('[0, 1]', 1),
      nu2: hyper('[0, 1]', 1),
      epsilon: hyper('[0, ∞)', 1e-8),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: (t, { beta1, beta2 }) => ({
      firstCorrection: 1 - beta1 ** t,
      secondCorrection: 1 - beta2 ** t,
    }),
    secondMoment: ({ grad, v }, { nu2, secondCorrection }) =>
      ema(v.div(secondCorrection), grad.square(), nu2),
    update({ param, grad, m, v }, known) {
      const { learningRate, beta1, beta2, nu1, nu2, epsilon, firstCorrection, secondCorrection } = known;
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const n = ema(m.div(firstCorrection), grad, nu1);
      const d = ema(v.div(secondCorrection), grad.square(), nu2).sqrt().add(epsilon);
      return { m, v, param: param.sub(n.mul(learningRate).div(d)) };
    },
  };
}

register(QHAdam);

// SPDX-License-Identifier: Apache-2.0
// Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv:1810.06801
// Checked against the authors' qhoptim.

import { commonOptions, hyper, Optimizer, register, type Hyper, type OptimizerOptions, type OptionTable, type Resolved, type Results, type Scalars, type SlotInit, type Tensors } from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';
import type { Expression } from '@optim/fusion';

/** Options of {@link QHAdam}. */
export interface QHAdamOptions extends OptimizerOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
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
  static get className(): string {
    return 'QHAdam';
  }

  static override readonly options: OptionTable<QHAdamOptions> = {
    learningRate: hyper('[0, ∞)', 1e-3),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    nu1: hyper('[0, 1]', 1),
    nu2: hyper('[0, 1]', 1),
    epsilon: hyper('[0, ∞)', 1e-8),
    ...commonOptions(0, 'coupled'),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots(): Record<string, SlotInit> {
    return { m: zeros, v: zeros };
  }

  protected override coefficients(t: number, { beta1, beta2 }: Resolved<QHAdamOptions>): Coefficients {
    return { firstCorrection: 1 - beta1 ** t, secondCorrection: 1 - beta2 ** t };
  }

  protected override secondMoment(
    { grad, v }: Tensors<'v'>,
    { nu2, secondCorrection }: Scalars<QHAdamOptions, Coefficients>,
  ): Expression {
    return ema(v.div(secondCorrection), grad.square(), nu2);
  }

  protected override update(
    { param, grad, m, v }: Tensors<'m' | 'v'>,
    scalars: Scalars<QHAdamOptions, Coefficients>,
  ): Results {
    const { learningRate, beta1, beta2, nu1, epsilon, firstCorrection } = scalars;
    m = ema(m, grad, beta1);
    v = ema(v, grad.square(), beta2);
    const n = ema(m.div(firstCorrection), grad, nu1);
    const d = this.secondMoment({ param, grad, v }, scalars).sqrt().add(epsilon);
    return { m, v, param: param.sub(n.mul(learningRate).div(d)) };
  }
}

register(QHAdam);

// SPDX-License-Identifier: Apache-2.0
// Chen et al., "Closing the Generalization Gap of Adaptive Gradient Methods in Training Deep Neural Networks",
// arXiv:1806.06763
// Checked against the authors' Padam.

import {
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  real,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, largestSoFar, quotient, zeros } from '@optim/formulas';
import { constant, exp, log, type Expression } from '@optim/fusion';

/** Options of {@link PAdam}. */
export interface PAdamOptions extends OptimizerOptions, MomentsOptions {
  /** Step size, of the size of SGD's. @defaultValue `0.1` */
  learningRate?: Hyper;
  /** Added to the root of the second moment, before the power is taken. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Power of the second moment: ½ is Adam, 0 is SGD with momentum. @defaultValue `0.25` */
  partial?: number;
  /** Use the largest second moment so far. @defaultValue `true` */
  amsgrad?: boolean;
}

type Coefficients = { alpha: number; correction: number };

/**
 * Adam with a weaker denominator, a power of the second moment between that of SGD with momentum and Adam's own, to train as
 * fast as Adam and to generalize as SGD does.
 *
 * ```text
 * α = learningRate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * m ← β₁m + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * x ← max(x, v)                            with amsgrad, else v in place of x
 * p ← p − α·m/(√x + ε)^(2·partial)
 * ```
 *
 * The factor √(1 − β₂ᵗ) makes up for the bias of v in Adam; as in the authors' code it stays for other powers, where it
 * shortens early steps (the paper corrects no bias).
 *
 * Slots, of the parameter's shape: `m`, `v`, with `amsgrad` `x` (largest v).
 *
 * pytorch_optimizer has no `amsgrad`.
 *
 * **When to use:** image classifiers for which SGD ends best and Adam begins best. **When not:** for transformers, which need
 * all of Adam's denominator. **Hint:** `partial: 0.125`, the learning rate of SGD (0.1, divided by ten from time to time), and
 * a coupled decay of 5e-4.
 *
 * @example
 * ```ts
 * import { PAdam } from '@optim/padam';
 *
 * const optimizer = new PAdam({ learningRate: 0.1, partial: 0.125, weightDecay: 5e-4 });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1806.06763
 */
export class PAdam extends Optimizer<PAdamOptions> {
  static readonly className: string = 'PAdam';

  static override readonly rule: Rule<PAdamOptions, 'm' | 'v' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 0.1),
      ...momentsOptions(0.9, 0.999, 1e-8),
      partial: real('[0, 0.5]', 0.25),
      amsgrad: flag(true),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: ({ amsgrad }) => ({ m: zeros, v: zeros, x: amsgrad && zeros }),
    coefficients(t, options) {
      const { alpha, correction } = biasCorrection(t, { ...options, adamD: false });
      return { alpha: alpha * correction, correction };
    },
    secondMoment: ({ v, x }, { amsgrad, correction }) => (amsgrad ? x : v).div(correction.square()),
    update({ param, grad, m, v, x }, { beta1, beta2, epsilon, partial, amsgrad, alpha }) {
      m = ema(m, grad, beta1);
      v = ema(v, grad.square(), beta2);
      const { u, kept } = largestSoFar(v, x, amsgrad);
      const d = powered(u.sqrt().add(epsilon), 2 * partial);
      return { m, v, ...kept, param: param.sub(quotient(m.mul(alpha), d)) };
    },
  };
}

/** x to a power in [0, 1], by roots where these do. */
function powered(x: Expression, power: number): Expression {
  if (power === 0) return constant(1);
  if (power === 1) return x;
  if (power === 0.5 || power === 0.25) return powered(x, 2 * power).sqrt();
  return exp(log(x).mul(power));
}

register(PAdam);

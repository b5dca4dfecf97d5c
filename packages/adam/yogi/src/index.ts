// SPDX-License-Identifier: Apache-2.0
// Zaheer et al., "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018
// Checked against the first author's Yogi in tensorflow_addons.

import {
  adaNormOptions,
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  real,
  register,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, full, zeros } from '@optim/formulas';

/** Options of {@link Yogi}. */
export interface YogiOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Decay of the first moment. @defaultValue `0.9` */
  beta1?: Hyper;
  /** 1 − β₂ is the gain of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to √v, before any correction; large on purpose. @defaultValue `1e-3` */
  epsilon?: Hyper;
  /** First value of v. @defaultValue `1e-6` */
  initialAccumulator?: number;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

/**
 * Adam with an additive second moment, which changes by at most (1 − β₂)g², so that steps cannot grow quickly.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← v + (1 − β₂)·sign(g² − v)·g²
 * p ← p − η·m/(√v + ε)                     η = learningRate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * ```
 *
 * With `adanorm` the stretched g enters m alone. A gradient of zero leaves v as it is, where Adam's would shrink; v
 * never becomes negative.
 *
 * Slots, of the parameter's shape: `m`, zeros, and `v`, which starts at `initialAccumulator`; scalar: with `adanorm`
 * `e`.
 *
 * ε is added to the uncorrected √v. Bias correction is the first author's; the paper's Algorithm 2 has none. optax and
 * ports to PyTorch start m at the accumulator's value too, and add ε after the correction. Weight decay and `adanorm`
 * are not in the author's code.
 *
 * **When to use:** where Adam diverges late or its steps jump after quiet phases: sparse or rarely active gradients.
 * **When not:** where gradients shrink by orders of magnitude in training: v falls slowly, and ε starts to count.
 * **Hint:** take ten times Adam's learning rate and keep ε at 1e-3; a larger `initialAccumulator` calms the first
 * steps.
 *
 * @example
 * ```ts
 * import { Yogi } from '@optim/yogi';
 *
 * model.compile({ optimizer: new Yogi({ learningRate: 0.01 }), loss: 'meanSquaredError' });
 * ```
 * @see https://papers.nips.cc/paper/8186-adaptive-methods-for-nonconvex-optimization
 */
export class Yogi extends Optimizer<YogiOptions> {
  static readonly className: string = 'Yogi';

  static override readonly rule: Rule<YogiOptions, 'm' | 'v', { eta: number; correction: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-2),
      ...momentsOptions(0.9, 0.999, 1e-3),
      initialAccumulator: real('(0, ∞)', 1e-6),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(),
    },
    momentum: ['m'],
    slots: ({ initialAccumulator }) => ({
      m: zeros,
      v: full(initialAccumulator),
    }),
    coefficients(t, options) {
      const { alpha, correction } = biasCorrection(t, options);
      return { eta: alpha * correction, correction };
    },
    secondMoment: ({ v }, { correction }) => v.div(correction.square()),
    update({ param, grad, stretched, m, v }, { beta1, beta2, epsilon, eta }) {
      const g2 = grad.square();
      m = ema(m, stretched, beta1);
      v = v.add(g2.sub(v).sign().mul(g2).mul(beta2.complement()));
      return { m, v, param: param.sub(m.mul(eta).div(v.sqrt().add(epsilon))) };
    },
  };
}

register(Yogi);

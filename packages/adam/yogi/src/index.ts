// SPDX-License-Identifier: Apache-2.0
// Zaheer et al., "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018
// Checked against the first author's Yogi in tensorflow_addons.

import {
  adaNorm,
  adaNormOptions,
  biasCorrection,
  commonOptions,
  ema,
  flag,
  hyper,
  Optimizer,
  real,
  register,
  zero,
  zeros,
  type AdaNormOptions,
  type Hyper,
  type OptimizerOptions,
  type OptionTable,
  type Resolved,
  type Results,
  type Scalars,
  type SlotInit,
  type Tensors,
} from '@optim/core';
import { constant, type Expression } from '@optim/fusion';

/** Options of {@link Yogi}. */
export interface YogiOptions extends OptimizerOptions, AdaNormOptions {
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

type Coefficients = { eta: number; correction: number };

/**
 * Adam with an additive second moment, which changes by at most (1 − β₂)g², so that steps cannot grow quickly.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * v ← v + (1 − β₂)·sign(g² − v)·g²
 * p ← p − η·m/(√v + ε)                     η = learningRate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)
 * ```
 *
 * A gradient of zero leaves v as it is, where Adam's would shrink; v never becomes negative.
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
  static get className(): string {
    return 'Yogi';
  }

  static override readonly options: OptionTable<YogiOptions> = {
    learningRate: hyper('[0, ∞)', 1e-2),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('[0, ∞)', 1e-3),
    initialAccumulator: real('(0, ∞)', 1e-6),
    adamD: flag(false),
    ...adaNormOptions(),
    ...commonOptions(),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots({ initialAccumulator, adanorm }: Required<YogiOptions>): Record<string, SlotInit> {
    const first: SlotInit = ({ shape }) => constant(initialAccumulator).broadcastTo(shape);
    return { m: zeros, v: first, ...(adanorm && { e: zero }) };
  }

  protected override coefficients(t: number, hyper: Resolved<YogiOptions>): Coefficients {
    const { alpha, correction } = biasCorrection(t, hyper);
    return { eta: alpha * correction, correction };
  }

  protected override secondMoment(
    { v }: Tensors<'v'>,
    { correction }: Scalars<YogiOptions, Coefficients>,
  ): Expression {
    return v.div(correction.square());
  }

  protected override update(
    { param, grad, m, v, e }: Tensors<'m' | 'v' | 'e'>,
    scalars: Scalars<YogiOptions, Coefficients>,
  ): Results {
    const { beta1, beta2, epsilon, eta } = scalars;
    const { grad: s, kept } = adaNorm(grad, e, scalars);
    const g2 = grad.square();
    m = ema(m, s, beta1);
    v = v.add(g2.sub(v).sign().mul(g2).mul(beta2.neg().add(1)));
    return { ...kept, m, v, param: param.sub(m.mul(eta).div(v.sqrt().add(epsilon))) };
  }
}

register(Yogi);

// SPDX-License-Identifier: Apache-2.0
// Ziyin, Wang, Ueda, "LaProp: Separating Momentum and Adaptivity in Adam", arXiv:2002.04839
// Checked against the authors' laprop.py.

import { commonOptions, flag, hyper, integer, Optimizer, register, type DecayScalars, type Hyper, type OptimizerOptions, type OptionTable, type Pair, type Resolved, type Results, type Scalars, type SlotInit, type Tensors, type WeightDecayMode } from '@optim/core/authoring';
import { ema, largestSoFar, zero, zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';

/** Options of {@link LaProp}. */
export interface LaPropOptions extends OptimizerOptions {
  /** Decay of the momentum. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Decay of the second moment. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-15` */
  epsilon?: Hyper;
  /** Use the largest second moment so far. @defaultValue `false` */
  amsgrad?: boolean;
  /** Divide by the variance, the second moment without the squared mean. @defaultValue `false` */
  centered?: boolean;
  /** Steps in which `centered` is not yet used. @defaultValue `10` */
  stepsBeforeUsingCentered?: number;
  /**
   * Where the decay acts: before the update `'coupled'` g ← g + λ·p, after it `'independent'` p ← p·(1 − λ) or
   * `'decoupled'` p ← p·(1 − learningRate·λ). @defaultValue `'independent'`
   */
  weightDecayMode?: WeightDecayMode;
}

type Coefficients = { correction: number; settled: boolean };

/**
 * Adam in the other order: gradients are normalized first, and the momentum is that of the normalized ones.
 *
 * ```text
 * v ← β₂v + (1 − β₂)g²
 * ℓ ← β₁ℓ + (1 − β₁)L                      L = learningRate
 * m ← β₁m + (1 − β₁)L·g/(√v/√(1 − β₂ᵗ) + ε)
 * p ← p − m·L/ℓ
 * p ← p·(1 − weightDecay)                  decoupled: p·(1 − L·weightDecay)
 * ```
 *
 * With `centered` v − w² takes the place of v after a few steps, w ← β₂w + (1 − β₂)g; with `amsgrad` the largest one so
 * far does. The learning rate is inside m: what was gathered at a large one keeps its weight when a schedule lowers it.
 * L/ℓ is the bias correction, 1/(1 − β₁ᵗ) while L is constant, and 1 where L = 0.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `centered` `w`, with `amsgrad` `x` (largest v); scalar: `l` (ℓ).
 *
 * Weights decay after the step, which shrinks it too; by default, as in the authors' code, without the learning rate.
 * Where floats have 16 bits, use ε = 1e-7. pytorch_optimizer takes w² out of the v it keeps.
 *
 * **When to use:** where Adam needs a small β₂ or diverges: no gradient weighs more than 1/√(1 − β₂) in the momentum.
 * **When not:** where a tuned Adam already trains well; its best settings are not LaProp's. **Hint:** try smaller
 * `beta2`, down to 0.9 and below; when you schedule the learning rate, scale an `'independent'` `weightDecay` with it.
 *
 * @example
 * ```ts
 * import { LaProp } from '@optim/laprop';
 *
 * model.compile({ optimizer: new LaProp({ learningRate: 4e-4, beta2: 0.99 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2002.04839
 */
export class LaProp extends Optimizer<LaPropOptions> {
  static get className(): string {
    return 'LaProp';
  }

  static override readonly options: OptionTable<LaPropOptions> = {
    learningRate: hyper('[0, ∞)', 4e-4),
    beta1: hyper('[0, 1)', 0.9),
    beta2: hyper('[0, 1)', 0.999),
    epsilon: hyper('[0, ∞)', 1e-15),
    amsgrad: flag(false),
    centered: flag(false),
    stepsBeforeUsingCentered: integer('[0, ∞)', 10),
    ...commonOptions(0, 'independent'),
  };

  static override readonly momentumSlots: readonly string[] = ['m'];

  protected override slots({ centered, amsgrad }: LaPropOptions): Record<string, SlotInit> {
    return { m: zeros, v: zeros, l: zero, ...(centered && { w: zeros }), ...(amsgrad && { x: zeros }) };
  }

  protected override coefficients(t: number, hyper: Resolved<LaPropOptions>): Coefficients {
    const { beta2, centered, stepsBeforeUsingCentered } = hyper;
    return { correction: Math.sqrt(1 - beta2 ** t), settled: !centered || t > stepsBeforeUsingCentered };
  }

  /** Only the coupled decay comes before the step. */
  protected override decay(pair: Pair, scalars: DecayScalars): Pair {
    return scalars.weightDecayMode === 'coupled' ? super.decay(pair, scalars) : pair;
  }

  protected override secondMoment(
    { v, w, x }: Tensors<'v' | 'w' | 'x'>,
    { centered, amsgrad, correction, settled }: Scalars<LaPropOptions, Coefficients>,
  ): Expression {
    if (amsgrad && settled) return x.div(correction.square());
    return (centered && settled ? variance(v, w) : v).div(correction.square());
  }

  protected override update(
    { param, grad, m, v, l, w, x }: Tensors<'m' | 'v' | 'l' | 'w' | 'x'>,
    scalars: Scalars<LaPropOptions, Coefficients & { decays: boolean }>,
  ): Results {
    const { learningRate: L, beta1, beta2, epsilon, centered, amsgrad, correction, settled } = scalars;
    v = ema(v, grad.square(), beta2);
    l = ema(l, L, beta1);
    if (centered) w = ema(w, grad, beta2);
    const d = centered && settled ? variance(v, w) : v;
    const { u, kept } = largestSoFar(d, x, amsgrad && settled);
    m = ema(m, grad.mul(L).div(u.sqrt().div(correction).add(epsilon)), beta1);
    const step = m.mul(where(L.greater(0), L.div(l), 1));
    // What decays after the step shrinks the step too.
    const after = scalars.decays && scalars.weightDecayMode !== 'coupled';
    const decayed = (p: Expression): Expression =>
      after ? super.decay({ param: p, grad }, scalars).param : p;
    const start = decayed(param);
    return { ...kept, m, v, l, ...(centered && { w }), start, param: start.sub(decayed(step)) };
  }
}

/** The second moment around the mean w; negative by rounding alone. */
function variance(v: Expression, w: Expression): Expression {
  return v.sub(w.square()).maximum(0);
}

register(LaProp);

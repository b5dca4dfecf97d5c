// SPDX-License-Identifier: Apache-2.0
// Ziyin, Wang, Ueda, "LaProp: Separating Momentum and Adaptivity in Adam", arXiv:2002.04839
// Checked against the authors' laprop.py.

import {
  commonOptions,
  flag,
  hyper,
  integer,
  momentsOptions,
  Optimizer,
  register,
  shrunk,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
  type WeightDecayMode,
} from '@optim/core/authoring';
import { ema, largestSoFar, zero, zeros } from '@optim/formulas';
import { where, type Expression } from '@optim/fusion';

/** Options of {@link LaProp}. */
export interface LaPropOptions extends OptimizerOptions, MomentsOptions {
  /** Decay of the momentum. @defaultValue `0.9` */
  beta1?: Hyper;
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
 * With `centered` v − w² is used instead of v after `stepsBeforeUsingCentered` steps, w ← β₂w + (1 − β₂)g; with `amsgrad` the
 * largest one so far, with both the largest v − w² since then. The learning rate is inside m: what was gathered at a large one keeps its weight when a schedule lowers it.
 * L/ℓ is the bias correction, 1/(1 − β₁ᵗ) while L is constant, and 1 where L = 0.
 *
 * Slots, of the parameter's shape: `m`, `v`, with `centered` `w`, with `amsgrad` `x` (largest v); scalar: `l` (ℓ).
 *
 * Weights decay after the step, which shrinks it too; by default, as in the authors' code, without the learning rate.
 * pytorch_optimizer takes w² out of the v it keeps.
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
  static readonly className: string = 'LaProp';

  static override readonly rule: Rule<LaPropOptions, 'm' | 'v' | 'l' | 'w' | 'x', Coefficients> = {
    options: {
      learningRate: hyper('[0, ∞)', 4e-4),
      ...momentsOptions(0.9, 0.999, 1e-15),
      amsgrad: flag(false),
      centered: flag(false),
      stepsBeforeUsingCentered: integer('[0, ∞)', 10),
      ...commonOptions(0, 'independent'),
    },
    momentum: ['m'],
    slots: ({ centered, amsgrad }) => ({
      m: zeros,
      v: zeros,
      l: zero,
      w: centered && zeros,
      x: amsgrad && zeros,
    }),
    coefficients: (t, { beta2, centered, stepsBeforeUsingCentered }) => ({
      correction: Math.sqrt(1 - beta2 ** t),
      settled: !centered || t > stepsBeforeUsingCentered,
    }),
    decay: 'within',
    secondMoment({ v, w, x }, { centered, amsgrad, correction, settled }) {
      if (amsgrad && settled) return x.div(correction.square());
      return (centered && settled ? variance(v, w) : v).div(correction.square());
    },
    update({ param, grad, m, v, l, w, x }, known) {
      const { learningRate: L, beta1, beta2, epsilon, centered, amsgrad, correction, settled } = known;
      v = ema(v, grad.square(), beta2);
      l = ema(l, L, beta1);
      if (centered) w = ema(w, grad, beta2);
      const d = centered && settled ? variance(v, w) : v;
      const { u, kept } = largestSoFar(d, x, amsgrad && settled);
      m = ema(m, grad.mul(L).div(u.sqrt().div(correction).add(epsilon)), beta1);
      const step = m.mul(where(L.greater(0), L.div(l), 1));
      // What decays after the step shrinks the step too.
      const start = shrunk(param, known.decayStrength);
      const moved = start.sub(shrunk(step, known.decayStrength));
      return { ...kept, m, v, l, ...(centered && { w }), start, param: moved };
    },
  };
}

/** The second moment around the mean w; negative by rounding alone. */
function variance(v: Expression, w: Expression): Expression {
  return v.sub(w.square()).maximum(0);
}

register(LaProp);

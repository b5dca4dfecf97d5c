// SPDX-License-Identifier: Apache-2.0
// Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate", arXiv:2411.02853
// Checked against the authors' adopt, timm and optax.

import {
  commonOptions,
  decayed,
  flag,
  hyper,
  momentsOptions,
  nullable,
  Optimizer,
  register,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { ema, zeros } from '@optim/formulas';

/** Options of {@link ADOPT}. */
export interface ADOPTOptions extends OptimizerOptions, MomentsOptions {
  /** Smallest denominator. @defaultValue `1e-6` */
  epsilon?: Hyper;
  /** The normalized gradient is clipped to ±(t − 1) to this power; `null`: not at all. @defaultValue `0.25` */
  clipExponent?: Hyper | null;
  /** Look ahead along the momentum. @defaultValue `false` */
  nesterov?: boolean;
}

/**
 * Adam in another order: a gradient is normalized by the second moment of the steps before, and the momentum averages
 * normalized gradients, so that it converges for any β₂.
 *
 * ```text
 * n = g/max(√v, ε)                         clipped to ±(t − 1)^clipExponent
 * m ← β₁m + (1 − β₁)n
 * p ← p − learningRate·m                   nesterov: β₁m + (1 − β₁)n in place of m
 * v ← β₂v + (1 − β₂)g²
 * ```
 *
 * The first update of a parameter only measures: v = g², and it does not move, nor do its weights decay. No bias is corrected.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * The authors' code clips by a function of the step; `clipExponent: null` is its first version. timm's exponent is 0.333;
 * pytorch_optimizer counts the clipping from the second step on and decays in the first.
 *
 * **When to use:** in place of Adam, above all with small batches or a β₂ that Adam does not bear. **When not:** for a few
 * steps only, the first of which is spent on measuring. **Hint:** the learning rate and the decoupled decay of AdamW;
 * a larger `clipExponent` if training starts too slowly.
 *
 * @example
 * ```ts
 * import { ADOPT } from '@optim/adopt';
 *
 * const optimizer = new ADOPT({ learningRate: 1e-3, weightDecay: 0.01, weightDecayMode: 'decoupled' });
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2411.02853
 */
export class ADOPT extends Optimizer<ADOPTOptions> {
  static readonly className: string = 'ADOPT';

  static override readonly rule: Rule<ADOPTOptions, 'm' | 'v', { c: number; moves: boolean }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.9999, 1e-6),
      epsilon: hyper('(0, ∞)', 1e-6),
      clipExponent: nullable(hyper('[0, ∞)'), 0.25),
      nesterov: flag(false),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: (t, { clipExponent }) => ({ c: (t - 1) ** (clipExponent ?? 0), moves: t > 1 }),
    // Weights do not decay before they move.
    decay: (pair, known) =>
      known.moves || known.weightDecayMode === 'coupled' ? decayed(pair, known) : pair,
    // That of the next step: the one that this step divides by is gone after it.
    secondMoment: ({ v }) => v,
    update({ param, grad, m, v }, { learningRate, beta1, beta2, epsilon, clipExponent, nesterov, c, moves }) {
      if (!moves) return { v: grad.square(), param };
      let n = grad.div(v.sqrt().maximum(epsilon));
      if (clipExponent !== null) n = n.clip(c.neg(), c);
      m = ema(m, n, beta1);
      const u = nesterov ? ema(m, n, beta1) : m;
      return { m, v: ema(v, grad.square(), beta2), param: param.sub(u.mul(learningRate)) };
    },
  };
}

register(ADOPT);

// SPDX-License-Identifier: Apache-2.0
// Wortsman et al., "Stable and low-precision training for large-scale vision-language models", arXiv:2304.13013
// Checked against optimi.

import {
  commonOptions,
  hyper,
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
import { ema, zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link StableAdamW}. */
export interface StableAdamWOptions extends OptimizerOptions, MomentsOptions {
  /** Added to √v; its square is the least v that R is measured by. @defaultValue `1e-6` */
  epsilon?: Hyper;
  /** `'decoupled'`, `'corrected'` and `'independent'` shrink by s times as much. @defaultValue `'decoupled'` */
  weightDecayMode?: WeightDecayMode;
}

/**
 * AdamW with the update clipping of AdaFactor: where the second moment of a tensor lags behind its gradients, the rate of that
 * tensor is reduced for the step. It takes out spikes of the loss without clipping gradients.
 *
 * ```text
 * h = β(1 − βᵗ⁻¹)/(1 − βᵗ)                 for β₁ and β₂
 * m ← h₁m + (1 − h₁)g
 * v ← h₂v + (1 − h₂)g²
 * s = 1/max(1, R)                          R = √mean(g²/max(v, ε²)), over the whole tensor
 * p ← p·(1 − s·learningRate·weightDecay)
 * p ← p − s·learningRate·m/(√v + ε)
 * ```
 *
 * With these h both averages are corrected already.
 *
 * Slots, of the parameter's shape: `m`, `v`.
 *
 * pytorch_optimizer takes R from the v before the step in its multi-tensor path, and has another ε; optimi multiplies its
 * independent decay by the schedule.
 *
 * **When to use:** in place of AdamW with clipping by norm, above all at low precision or large scale. **When not:** for tiny
 * tensors, each of which has a rate of its own here. **Hint:** the learning rate of AdamW, and β₂ from 0.95 to 0.99.
 *
 * @example
 * ```ts
 * import { StableAdamW } from '@optim/stableadamw';
 *
 * model.compile({ optimizer: new StableAdamW({ learningRate: 1e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2304.13013
 */
export class StableAdamW extends Optimizer<StableAdamWOptions> {
  static readonly className: string = 'StableAdamW';

  static override readonly rule: Rule<StableAdamWOptions, 'm' | 'v', { h1: number; h2: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 1e-3),
      ...momentsOptions(0.9, 0.99, 1e-6),
      epsilon: hyper('(0, ∞)', 1e-6),
      ...commonOptions(0.01),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, v: zeros }),
    coefficients: (t, { beta1, beta2 }) => ({ h1: debiased(beta1, t), h2: debiased(beta2, t) }),
    decay: 'within',
    secondMoment: ({ v }) => v,
    update({ param, grad, m, v }, { learningRate, epsilon, h1, h2, decayStrength }) {
      m = ema(m, grad, h1);
      v = ema(v, grad.square(), h2);
      const R = grad.square().div(v.maximum(epsilon.square())).mean().sqrt();
      const s = constant(1).div(R.maximum(1));
      const start = shrunk(param, decayStrength && s.mul(decayStrength));
      return { m, v, start, param: start.sub(m.mul(s.mul(learningRate)).div(v.sqrt().add(epsilon))) };
    },
  };
}

/** A decay at update t with which a moving average from 0 needs no correction. */
function debiased(beta: number, t: number): number {
  return (beta * (1 - beta ** (t - 1))) / (1 - beta ** t);
}

register(StableAdamW);

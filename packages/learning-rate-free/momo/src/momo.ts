// SPDX-License-Identifier: Apache-2.0
// Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: Momentum Models for Adaptive Learning Rates", arXiv:2305.07583
// Checked against the authors' momo-opt.

import { flag, hyper, Optimizer, register, whole, type Hyper, type Rule } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { modelled, modelOptions, type Coefficients, type Model, type ModelOptions } from './model.js';

/** Options of {@link MoMo}. */
export interface MoMoOptions extends ModelOptions {
  /** Largest step size: choose it large, schedules multiply it. @defaultValue `1` */
  learningRate?: Hyper;
  /** Decay of the averages. @defaultValue `0.9` */
  beta?: Hyper;
  /** Let the averages start at 0 and correct them, in place of starting at the first values. @defaultValue `false` */
  biasCorrection?: boolean;
}

/**
 * SGD with momentum whose step length is read off a model of the loss: an average of losses and slopes, cut off at a known
 * lower bound. The learning rate is only the largest length.
 *
 * ```text
 * f ← βf + (1 − β)·loss
 * γ ← βγ + (1 − β)·⟨g, p⟩
 * d ← βd + (1 − β)g
 * τ = min(learningRate, max(f − γ + ⟨d, p⟩ − lowerBound, 0)/‖d‖²)
 * p ← p − τ·d
 * ```
 *
 * Products are over all parameters, before the step; averages start at their first values, or with `biasCorrection` at 0, where
 * lowerBound is multiplied and learningRate divided by ρ = 1 − βᵗ. A decay `'proximal'` or `'decoupled'` multiplies f − γ −
 * lowerBound by w = 1 + learningRate·λ, and the former divides p after the step by w; `'coupled'` adds ½λ‖p‖² to the loss, too.
 *
 * With `estimateLowerBound` a bound b takes the place of lowerBound ℓ in τ; b = ℓ at first, never below ℓ. With
 * c = w·(f − γ) + ⟨d, p⟩ it is c/(2wρ) in a step where c < w·ρ·b, and becomes (f + ⟨d, p⟩ − γ − ½τ‖d‖²)/ρ after each; w and ρ are 1
 * where they do not act.
 *
 * Slot, of the parameter's shape: `d`. Globals: `f`, `gamma`, `bound`.
 *
 * `applyGradients` takes the loss as its second argument. optax divides p alone by w, not the step.
 *
 * **When to use:** where a good learning rate is known only roughly, and the loss can come near a bound that is known.
 * **When not:** where a step cannot see its loss, or the bound is far below what can be reached. **Hint:** a learning rate ten times that of
 * SGD, your usual schedule, and `lowerBound` at the loss that you expect at the end.
 *
 * @example
 * ```ts
 * import { MoMo } from '@optim/momo';
 *
 * model.compile({ optimizer: new MoMo({ learningRate: 1 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2305.07583
 */
export class MoMo extends Optimizer<MoMoOptions> {
  static readonly className: string = 'MoMo';

  static override readonly rule: Rule<MoMoOptions, 'd' | 'v', Coefficients, Model> = {
    ...modelled,
    options: {
      ...modelOptions(1),
      beta: whole(hyper('[0, 1)', 0.9)),
      biasCorrection: whole(flag(false)),
    },
    slots: () => ({ d: zeros }),
    coefficients: (t, { beta, biasCorrection }, step) => ({
      b: beta,
      rho: biasCorrection ? 1 - beta ** step : 1,
      starts: t === 1 && !biasCorrection,
    }),
  };
}

register(MoMo);

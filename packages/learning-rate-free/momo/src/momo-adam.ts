// SPDX-License-Identifier: Apache-2.0
// Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: Momentum Models for Adaptive Learning Rates", arXiv:2305.07583
// Checked against the authors' momo-opt.

import {
  hyper,
  momentsOptions,
  Optimizer,
  register,
  whole,
  type Hyper,
  type MomentsOptions,
  type Rule,
} from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { modelled, modelOptions, type Coefficients, type Model, type ModelOptions } from './model.js';

/** Options of {@link MoMoAdam}. */
export interface MoMoAdamOptions extends ModelOptions, MomentsOptions {
  /** Largest step size: choose it large, schedules multiply it. @defaultValue `0.01` */
  learningRate?: Hyper;
  /** Decay of the first moment, and of the averages of losses and slopes. @defaultValue `0.9` */
  beta1?: Hyper;
  /** Added to the root of the corrected second moment. @defaultValue `1e-8` */
  epsilon?: Hyper;
}

/**
 * Adam whose step length is read off a model of the loss, as that of MoMo. The learning rate is only the largest length.
 *
 * ```text
 * f ← β₁f + (1 − β₁)·loss
 * γ ← β₁γ + (1 − β₁)·⟨g, p⟩
 * d ← β₁d + (1 − β₁)g
 * v ← β₂v + (1 − β₂)g²
 * D = √v/√(1 − β₂ᵗ) + ε,  ρ = 1 − β₁ᵗ
 * τ = min(learningRate/ρ, max(f − γ + ⟨d, p⟩ − ρ·lowerBound, 0)/Σ d²/D)
 * p ← p − τ·d/D
 * ```
 *
 * Sums are over all parameters, before the step. Weight decay and `estimateLowerBound` act as with {@link MoMo}.
 *
 * Slots, of the parameter's shape: `d`, `v`. Globals: `f`, `gamma`, `bound`.
 *
 * `applyGradients` takes the loss as its second argument. optax divides p alone by w, not the step.
 *
 * **When to use:** where Adam does well, its rate is known only roughly, and the loss can come near a bound that is known.
 * **When not:** where a step cannot see its loss. **Hint:** a learning rate ten times that of Adam, your usual schedule, and
 * `lowerBound` at the loss that you expect at the end.
 *
 * @example
 * ```ts
 * import { MoMoAdam } from '@optim/momo';
 *
 * model.compile({ optimizer: new MoMoAdam({ learningRate: 1e-2 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/2305.07583
 */
export class MoMoAdam extends Optimizer<MoMoAdamOptions> {
  static readonly className: string = 'MoMoAdam';

  static override readonly rule: Rule<MoMoAdamOptions, 'd' | 'v', Coefficients, Model> = {
    ...modelled,
    options: {
      ...modelOptions(1e-2),
      ...momentsOptions(0.9, 0.999, 1e-8),
      beta1: whole(hyper('[0, 1)', 0.9)),
      beta2: whole(hyper('[0, 1)', 0.999)),
    },
    slots: () => ({ d: zeros, v: zeros }),
    coefficients: (t, { beta1, beta2, epsilon }, step) => ({
      b: beta1,
      rho: 1 - beta1 ** step,
      starts: false,
      b2: beta2,
      correction: Math.sqrt(1 - beta2 ** t),
      eps: epsilon,
    }),
    secondMoment: ({ v }, { correction }) => v.div(correction!.square()),
  };
}

register(MoMoAdam);

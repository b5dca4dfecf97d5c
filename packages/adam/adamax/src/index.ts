// SPDX-License-Identifier: Apache-2.0
// Kingma and Ba, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980, section 7.1
// Checked against torch.optim.Adamax.

import {
  adaNormOptions,
  commonOptions,
  flag,
  hyper,
  momentsOptions,
  Optimizer,
  register,
  type AdaNormOptions,
  type Hyper,
  type MomentsOptions,
  type OptimizerOptions,
  type Rule,
} from '@optim/core/authoring';
import { biasCorrection, ema, zeros } from '@optim/formulas';

/** Options of {@link AdaMax}. */
export interface AdaMaxOptions extends OptimizerOptions, MomentsOptions, AdaNormOptions {
  /** Decay of the maximum. @defaultValue `0.999` */
  beta2?: Hyper;
  /** Added to |g|, inside the maximum. @defaultValue `1e-8` */
  epsilon?: Hyper;
  /** Do not divide the step by 1 − β₁ᵗ. @defaultValue `false` */
  adamD?: boolean;
}

/**
 * Adam that divides by a slowly forgotten maximum of the gradient in place of the root of a second moment.
 *
 * ```text
 * m ← β₁m + (1 − β₁)g
 * u ← max(β₂u, |g| + ε)
 * p ← p − α·m/u                            α = learningRate/(1 − β₁ᵗ)
 * ```
 *
 * A gradient larger than those before enters u at once, so that no spike makes a long step. u needs no correction of
 * its bias; it is never below ε, so that an element that has had no gradient does not move.
 *
 * Slots, of the parameter's shape: `m`, `u`; scalar: with `adanorm` `e`.
 *
 * The paper has no ε; Keras adds it to u as it divides. Weight decay is coupled by default, as in PyTorch; `adanorm`
 * rescales what enters m, and is not in PyTorch.
 *
 * **When to use:** with sparse or spiky gradients, as of embeddings, where one spike must not be followed by a long
 * step. **When not:** where outliers are frequent and mean nothing: each shortens about 1/(1 − β₂) steps.
 * **Hint:** begin with twice Adam's learning rate; try `beta2` of 0.99 when spikes are frequent.
 *
 * @example
 * ```ts
 * import { AdaMax } from '@optim/adamax';
 *
 * model.compile({ optimizer: new AdaMax({ learningRate: 2e-3 }), loss: 'meanSquaredError' });
 * ```
 * @see https://arxiv.org/abs/1412.6980
 */
export class AdaMax extends Optimizer<AdaMaxOptions> {
  static readonly className: string = 'AdaMax';

  static override readonly rule: Rule<AdaMaxOptions, 'm' | 'u', { alpha: number }> = {
    options: {
      learningRate: hyper('[0, ∞)', 2e-3),
      ...momentsOptions(0.9, 0.999, 1e-8),
      adamD: flag(false),
      ...adaNormOptions(),
      ...commonOptions(0, 'coupled'),
    },
    momentum: ['m'],
    slots: () => ({ m: zeros, u: zeros }),
    coefficients: (t, options) => ({ alpha: biasCorrection(t, options).alpha }),
    update({ param, grad, stretched, m, u }, { beta1, beta2, epsilon, alpha }) {
      m = ema(m, stretched, beta1);
      u = u.mul(beta2).maximum(grad.abs().add(epsilon));
      return { m, u, param: param.sub(m.mul(alpha).div(u)) };
    },
  };
}

register(AdaMax);

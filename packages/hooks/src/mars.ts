// SPDX-License-Identifier: Apache-2.0
// Yuan et al., "MARS: Unleashing the Power of Variance Reduction for Training Large Models", arXiv:2411.10438
// Checked against the correction of the authors' mars.py before torch.optim.

import { defineHook, exclude, flag, real, type Hook, type Match } from '@optim/core/authoring';
import { zeros } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link mars}. */
export interface MarsOptions {
  /** Strength γ of the correction. @defaultValue `0.025` */
  gamma?: number;
  /** Decay of the first moment of the optimizer, β₁. @defaultValue `0.95` */
  beta1?: number;
  /** Whether a corrected gradient of a norm above 1 is shortened to 1, per tensor. @defaultValue `true` */
  clip?: boolean;
  /** Variables that are not corrected, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Corrects the gradient by its change since the last step, which lowers the variance of moments made of it.
 *
 * ```text
 * c = g + γβ₁/(1 − β₁)·(g − d)
 * d ← g
 * g ← c/max(1, ‖c‖)                        per tensor; without clip: c
 * ```
 *
 * Slot: `d`, of the parameter's shape, the last gradient as it came to this hook, 0 at first. Tensors of every rank are
 * corrected; the class MARS of `@optim/mars` leaves vectors to AdamW. The change is that between batches, as in the authors'
 * default, not that of one batch between two points.
 *
 * **When to use:** before optimizers with momentum. **When not:** with MARS, which has it. **Hint:** `beta1` as in the
 * optimizer.
 *
 * @example `mars({ beta1: 0.9 })`
 * @throws RangeError for a gamma that is not in [0, ∞) or a beta1 that is not in [0, 1); TypeError for a clip that is not true
 * or false
 * @see https://arxiv.org/abs/2411.10438
 */
export const mars: (options?: MarsOptions) => Hook = /* #__PURE__ */ defineHook<MarsOptions>(
  'mars',
  { gamma: real('[0, ∞)', 0.025), beta1: real('[0, 1)', 0.95), clip: flag(true), exclude: exclude() },
  ({ gamma, beta1, clip }) => ({
    slots: { d: zeros },
    gradient: ({ grad, d }) => {
      const c = grad!.add(grad!.sub(d!).mul((gamma * beta1) / (1 - beta1)));
      return { grad: clip ? c.mul(constant(1).div(c.norm().maximum(1))) : c, d: grad! };
    },
  }),
) as (options?: MarsOptions) => Hook;

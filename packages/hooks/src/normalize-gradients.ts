// SPDX-License-Identifier: Apache-2.0
// Wright, Ranger21, since July 2021: https://github.com/lessw2020/Ranger21
// Checked against the author's normalize_gradient.

import { defineHook, flag, real, type Hook } from '@optim/core/authoring';
import { standardized } from '@optim/formulas';

/** Options of {@link normalizeGradients}. */
export interface NormalizeGradientsOptions {
  /** One standard deviation per output unit (rank ≥ 2), instead of one per tensor. @defaultValue `false` */
  useChannels?: boolean;
  /** Added to the standard deviation. @defaultValue `1e-8` */
  epsilon?: number;
}

/**
 * Divides every gradient by its standard deviation, so that its scale is gone. The mean is not subtracted.
 *
 * ```text
 * s = √[Σ(g − mean g)²/(n − 1)]            over the tensor; with useChannels over all axes but the last, for rank ≥ 2
 * g ← g/(s + ε)                            where there is one s for more than 2 elements, or one per unit
 * ```
 *
 * A constant gradient is divided by ε: centralize first, which makes it zero. A clipping of whole tensors before it has
 * no effect.
 *
 * **When to use:** where the first epochs are slow because gradients are small; part of Ranger21. **When not:** before
 * optimizers that normalize themselves (LARS, Lion, NovoGrad). **Hint:** lower the learning rate when the loss gets noisy
 * later.
 *
 * @example `normalizeGradients({ useChannels: true })`
 * @throws RangeError for an epsilon that is not in [0, ∞); TypeError for useChannels that is not a boolean
 * @see https://github.com/lessw2020/Ranger21
 */
export const normalizeGradients: (options?: NormalizeGradientsOptions) => Hook =
  /* #__PURE__ */ defineHook<NormalizeGradientsOptions>(
    'normalizeGradients',
    { useChannels: flag(false), epsilon: real('[0, ∞)', 1e-8) },
    ({ useChannels, epsilon }) => ({
      gradient: ({ grad }) => ({ grad: standardized(grad!, { perUnit: useChannels, epsilon }) }),
    }),
  );

// SPDX-License-Identifier: Apache-2.0
// Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", arXiv:2102.06171
// Checked against optax.adaptive_grad_clip and the authors' Ranger21.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';
import { clippedByUnit } from '@optim/formulas';

/** Options of {@link adaptiveGradientClipping}. */
export interface AdaptiveGradientClippingOptions {
  /** Largest allowed ratio of gradient norm to weight norm. @defaultValue `0.01` */
  clipping?: number;
  /** Lower bound of the weight norm, so that zero weights can move. @defaultValue `1e-3` */
  epsilon?: number;
  /** Variables that are not clipped, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Limits the gradient norm of every output unit to a fixed fraction of the norm of its weights.
 *
 * ```text
 * L = clipping·max(‖p‖, ε)
 * g ← g·L/‖g‖   if ‖g‖ > L
 * ```
 *
 * Norms are over all axes but the last; a bias vector and a scalar are clipped as a whole. The authors do not clip the
 * last linear layer: `exclude` it.
 *
 * Their code and optax clip kernels of rank 3 per index of the last two axes; here rank 3 is a convolution [w, in, out].
 *
 * **When to use:** deep networks without normalization layers, large batches. **When not:** where weights start at zero and
 * have to grow. **Hint:** 0.01 suits batches of thousands, 0.1 and more small ones.
 *
 * @example `adaptiveGradientClipping({ clipping: 0.1, exclude: /head/ })`
 * @throws RangeError for a clipping that is not in (0, ∞) or an epsilon that is not in [0, ∞)
 * @see https://arxiv.org/abs/2102.06171
 */
export const adaptiveGradientClipping: (options?: AdaptiveGradientClippingOptions | number) => Hook =
  /* #__PURE__ */ defineHook<AdaptiveGradientClippingOptions>(
    'adaptiveGradientClipping',
    { clipping: real('(0, ∞)', 0.01), epsilon: real('[0, ∞)', 1e-3), exclude: exclude() },
    (options) => ({
      gradient: ({ param, grad }) => ({ grad: clippedByUnit(grad!, param!, options) }),
    }),
    'clipping',
  );

// SPDX-License-Identifier: Apache-2.0
// Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", arXiv:1804.04235
// Checked against optax.clip_by_block_rms.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';
import { constant } from '@optim/fusion';

/** Options of {@link clipByBlockRms}. */
export interface ClipByBlockRmsOptions {
  /** Largest root mean square. @defaultValue `1` */
  threshold?: number;
  /** Variables that are not clipped, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Limits the root mean square of every tensor's gradient, a limit that does not depend on the tensor's size.
 *
 * ```text
 * R = √(Σg²/N)                             over the N elements of the tensor
 * g ← g·threshold/max(R, threshold)
 * ```
 *
 * AdaFactor limits its update so, not the gradient: that is {@link clipUpdates}. An element that is not finite makes its
 * tensor NaN: put `skipNonFinite()` before it.
 *
 * **When to use:** with SGD, where tensors differ in how large their gradients get. **When not:** with Adam and its kin, which
 * remember a clipped gradient for long. **Hint:** the root mean square of usual steps.
 *
 * @example `clipByBlockRms(0.5)`
 * @throws RangeError for a threshold that is not in (0, ∞)
 * @see https://arxiv.org/abs/1804.04235
 */
export const clipByBlockRms: (options?: ClipByBlockRmsOptions | number) => Hook =
  /* #__PURE__ */ defineHook<ClipByBlockRmsOptions>(
    'clipByBlockRms',
    { threshold: real('(0, ∞)', 1), exclude: exclude() },
    ({ threshold }) => ({
      gradient: ({ grad }) => {
        const R = grad!.norm().div(Math.sqrt(grad!.size));
        return { grad: grad!.mul(constant(threshold).div(R.maximum(threshold))) };
      },
    }),
    'threshold',
  );

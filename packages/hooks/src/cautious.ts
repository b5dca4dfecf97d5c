// SPDX-License-Identifier: Apache-2.0
// Liang et al., "Cautious Optimizers: Improving Training with One Line of Code", arXiv:2411.16085
// Checked against the authors' C-Optim and timm.

import { choice, defineHook, type Hook } from '@optim/core/authoring';
import { constant, where } from '@optim/fusion';

/** Options of {@link cautious}. */
export interface CautiousOptions {
  /** Factor of the elements that remain: that of the authors' AdamW, or that of their paper and Lion. @defaultValue `'mean'` */
  scaling?: 'mean' | 'paper';
}

/**
 * Leaves out the elements of a step that would go against the gradient of this step, and enlarges the rest.
 *
 * ```text
 * u = what the rule takes off the parameter, of N elements
 * c = number of elements with u·g > 0
 * f = N/max(c, N/1000)                     with 'paper': N/(c + 1)
 * u ← u·f where u·g > 0, else 0
 * ```
 *
 * Counted per tensor. Weight decay is no part of u and acts on all elements, with two exceptions: coupled decay is part of
 * the gradient that the rule sees, and an algorithm whose decay is part of its step (Lamb's `'layerwise'`) has it masked.
 * g is the gradient after the hooks on gradients and before coupled decay. Moments do not know of the mask. An element
 * without a gradient does not move.
 *
 * The authors' AdamW adds ε before the correction of the bias; the mask is the same.
 *
 * **When to use:** with optimizers that have momentum, all else unchanged. **When not:** with plain SGD, whose steps always
 * agree with the gradient. **Hint:** `'mean'` leaves a step that agrees throughout as it is, `'paper'` shortens it to
 * N/(N + 1).
 *
 * @example `cautious()`
 * @throws RangeError for another scaling
 * @see https://arxiv.org/abs/2411.16085
 */
export const cautious: (options?: CautiousOptions) => Hook = /* #__PURE__ */ defineHook<CautiousOptions>(
  'cautious',
  { scaling: choice(['mean', 'paper']) },
  ({ scaling }) => ({
    update: ({ start, step: u, grad: g }) => {
      // Signs do not underflow, as their product would; that of NaN is NaN.
      const agreement = u!.sign().mul(g!.sign());
      const agrees = agreement.greater(0);
      const N = u!.size;
      const c = where(agrees, 1, 0).sum();
      const f = constant(N).div(scaling === 'mean' ? c.maximum(1e-3 * N) : c.add(1));
      return { param: start!.sub(where(agrees, u!.mul(f), agreement.maximum(0))) };
    },
  }),
);

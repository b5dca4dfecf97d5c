// SPDX-License-Identifier: Apache-2.0
// Prieto et al., "Grokking at the Edge of Numerical Stability", arXiv:2501.04697
// Checked against the authors' orthograd.py before torch.optim.

import { defineHook, exclude, type Hook, type Match } from '@optim/core/authoring';
import { where } from '@optim/fusion';

/** Options of {@link orthogonalizeGradients}. */
export interface OrthogonalizeGradientsOptions {
  /** Variables whose gradients stay as they are, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/** What is left of a parallel gradient is rounding: this share of its length, at most, in float32. */
const rounding = 1e-6;

/**
 * Removes from the gradient what lies along the weights, and restores its length: the loss can no longer fall by making the
 * weights larger.
 *
 * ```text
 * r = g − (Σpg/Σp²)·p                      over the tensor; r = g where p = 0
 * g ← r·‖g‖/‖r‖                            0 where ‖r‖ ≤ 1e-6·‖g‖
 * ```
 *
 * A tensor of one element stays as it is. Acts before coupled weight decay; decoupled decay is along the weights and stays. The
 * authors divide by a sum with 1e-30 in place of the conditions, which makes a gradient of rounding errors as long as g.
 *
 * **When to use:** for small data and long training without weight decay. **When not:** where the size of weights has to change,
 * as in biases and scales: `exclude` those.
 *
 * @example `orthogonalizeGradients({ exclude: /bias|gamma|beta/ })`
 * @throws TypeError for an exclude that is neither a RegExp nor a function
 * @see https://arxiv.org/abs/2501.04697
 */
export const orthogonalizeGradients: (options?: OrthogonalizeGradientsOptions) => Hook =
  /* #__PURE__ */ defineHook<OrthogonalizeGradientsOptions>(
    'orthogonalizeGradients',
    { exclude: exclude() },
    () => ({
      gradient: ({ param: p, grad: g }) => {
        if (g!.size <= 1) return {};
        const A = p!.square().sum();
        const B = p!.mul(g!).sum();
        const r = g!.sub(p!.mul(where(A.equal(0), 0, B.div(A))));
        const G = g!.norm();
        const R = r.norm();
        return { grad: r.mul(where(R.lessEqual(G.mul(rounding)), 0, G.div(R))) };
      },
    }),
  ) as (options?: OrthogonalizeGradientsOptions) => Hook;

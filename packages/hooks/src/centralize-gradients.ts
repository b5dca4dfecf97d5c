// SPDX-License-Identifier: Apache-2.0
// Yong et al., "Gradient Centralization: A New Optimization Technique for Deep Neural Networks", arXiv:2004.01461
// Checked against the authors' Centralization.py.

import { defineHook, exclude, flag, type Hook, type Match } from '@optim/core/authoring';
import { centralized } from '@optim/formulas';

/** Options of {@link centralizeGradients}. */
export interface CentralizeGradientsOptions {
  /** Only tensors of rank 4 and above, instead of 2 and above. @defaultValue `false` */
  convOnly?: boolean;
  /** Variables that are not centralized, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Subtracts from the gradient of every output unit its mean, so that updates keep the mean of a unit's weights.
 *
 * ```text
 * g ← g − mean(g)    over all axes but the last, for rank ≥ 2 (convOnly: rank ≥ 4)
 * ```
 *
 * Comes before weight decay and moments. A unit with a single weight (a dense kernel [1, out]) would never train, and an
 * embedding table would be averaged over the vocabulary: `exclude` those.
 *
 * @example `centralizeGradients({ convOnly: true })`
 * @throws TypeError for an option that is not a boolean
 * @see https://arxiv.org/abs/2004.01461
 */
export const centralizeGradients: (options?: CentralizeGradientsOptions) => Hook =
  /* #__PURE__ */ defineHook<CentralizeGradientsOptions>(
    'centralizeGradients',
    { convOnly: flag(false), exclude: exclude() },
    ({ convOnly }) => ({
      gradient: ({ grad }) => ({ grad: centralized(grad!, convOnly ? 4 : 2) }),
    }),
  );

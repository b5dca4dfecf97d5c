// SPDX-License-Identifier: Apache-2.0
// Georgiou et al., "Norm Loss: An efficient yet effective regularization method for deep neural networks",
// arXiv:2103.06583
// Checked against the authors' Ranger21 and the gradient of the loss.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';
import { pulledToUnitNorm } from '@optim/formulas';

/** Options of {@link normLoss}. */
export interface NormLossOptions {
  /** Strength λ. @defaultValue `1e-4` */
  factor?: number;
  /** Added to the norm. @defaultValue `1e-8` */
  epsilon?: number;
  /** Variables that are not pulled, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Pulls the weights of every output unit towards norm 1, in place of weight decay.
 *
 * ```text
 * p ← p·(1 − 2·learningRate·λ·(1 − 1/(‖p‖ + ε)))
 * ```
 *
 * That is a step of gradient descent on λ·Σ(1 − ‖p‖)² over the units (all axes but the last), apart from the gradients and
 * moments of the optimizer and before its step. Its rate is the one in force: with AliG γ, with D-Adaptation d times
 * learningRate. Biases and scales, whose units are the whole vector, are pulled too: `exclude` them. A unit of norm 0
 * stays.
 *
 * **When to use:** in place of weight decay, which set to 0. **When not:** where the size of weights carries meaning, as in
 * embeddings and last layers. **Hint:** start with a factor of 1e-4.
 *
 * @example `normLoss({ factor: 1e-4, exclude: /bias|gamma|beta/ })`
 * @throws RangeError for a factor that is not in [0, ∞) or an epsilon that is not in (0, ∞)
 * @see https://arxiv.org/abs/2103.06583
 */
export const normLoss: (options?: NormLossOptions | number) => Hook =
  /* #__PURE__ */ defineHook<NormLossOptions>(
    'normLoss',
    { factor: real('[0, ∞)', 1e-4), epsilon: real('(0, ∞)', 1e-8), exclude: exclude() },
    ({ factor, epsilon }) => ({
      reads: ['learningRate'],
      decay: ({ param }, { learningRate }) => ({
        param: pulledToUnitNorm(param!, learningRate!.mul(factor), epsilon),
      }),
    }),
    'factor',
  );

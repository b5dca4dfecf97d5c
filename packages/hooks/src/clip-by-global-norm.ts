// SPDX-License-Identifier: Apache-2.0
// Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", arXiv:1211.5063
// Checked against optax.clip_by_global_norm.

import { defineHook, real, type Hook } from '@optim/core/authoring';
import { constant, lengthOf, squareSums, where } from '@optim/fusion';

/** Options of {@link clipByGlobalNorm}. */
export interface ClipByGlobalNormOptions {
  /** Largest allowed norm of all gradients together. */
  maxNorm: number;
}

/**
 * Scales all gradients by one common factor when their joint Euclidean norm is too large.
 *
 * ```text
 * n = √Σg²                                 over all parameters
 * g ← g·maxNorm/max(n, maxNorm)
 * ```
 *
 * Direction and the ratios between parameters are kept; missing gradients do not count. A norm that is not finite makes
 * every gradient NaN, as in TensorFlow: put `skipNonFinite()` before it. The norm of the last step, before clipping, is
 * the global `clipByGlobalNorm.norm`.
 *
 * @example `clipByGlobalNorm(1)`
 * @throws RangeError for a maxNorm that is not in (0, ∞); TypeError when it is missing
 * @see https://arxiv.org/abs/1211.5063
 */
export const clipByGlobalNorm: (options: ClipByGlobalNormOptions | number) => Hook =
  /* #__PURE__ */ defineHook<ClipByGlobalNormOptions>(
    'clipByGlobalNorm',
    { maxNorm: real('(0, ∞)') },
    ({ maxNorm }) => ({
      globals: { norm: 0 },
      observe: ({ grad }) => squareSums(grad!),
      combine: ({ squares, shrunkSquares }) => {
        const norm = lengthOf({ squares: squares!, shrunkSquares: shrunkSquares! });
        return { norm, factor: where(norm.isFinite(), constant(maxNorm).div(norm.maximum(maxNorm)), NaN) };
      },
      gradient: ({ grad }, { factor }) => ({ grad: grad!.mul(factor!) }),
    }),
    'maxNorm',
  ) as (options: ClipByGlobalNormOptions | number) => Hook;

// SPDX-License-Identifier: Apache-2.0
// Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks", arXiv:1511.06807
// Checked against the standard deviations of optax.add_noise.

import { defineHook, exclude, integer, real, type Hook, type Match } from '@optim/core/authoring';
import { constant, random } from '@optim/fusion';

/** Options of {@link gradientNoise}. */
export interface GradientNoiseOptions {
  /** Variance of the noise in the first step, η. @defaultValue `0.01` */
  eta?: number;
  /** How fast the variance falls, γ; 0: never. @defaultValue `0.55` */
  gamma?: number;
  /** Seed of the noise. @defaultValue `0` */
  seed?: number;
  /** Variables without noise, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Adds normal noise to the gradient, which falls with the number of steps.
 *
 * ```text
 * σ = √(η/t^γ)                             step t = 1, 2, …
 * g ← g + σξ                               ξ of mean 0, variance 1, for every element
 * ```
 *
 * η is a variance: the first σ of the defaults is 0.1. ξ follows from seed, step and the place of the variable in the order in
 * which variables were made, so that a resumed run draws what it would have drawn, on every backend. The host draws, about
 * 10 ns a number. t counts the steps of the optimizer; those that a guard leaves out count too, unless its `countSkipped` is
 * false.
 *
 * The authors add noise after clipping: put this hook last.
 *
 * **When to use:** for deep networks that are hard to start, and little data. **When not:** where small batches are noise enough.
 * **Hint:** η of 0.01 to 0.3.
 *
 * @example `gradientNoise({ eta: 0.01 })`
 * @throws RangeError for an eta or gamma that is not in [0, ∞), or a seed that is no integer in [0, 2⁵³)
 * @see https://arxiv.org/abs/1511.06807
 */
export const gradientNoise: (options?: GradientNoiseOptions | number) => Hook =
  /* #__PURE__ */ defineHook<GradientNoiseOptions>(
    'gradientNoise',
    {
      eta: real('[0, ∞)', 0.01),
      gamma: real('[0, ∞)', 0.55),
      seed: integer('[0, 9007199254740991]', 0),
      exclude: exclude(),
    },
    ({ eta, gamma, seed }) => ({
      coefficients: (step, stream) => ({ sigma: Math.sqrt(eta / step ** gamma), step, stream }),
      gradient: ({ grad }, { sigma, step, stream }) => {
        const xi = random('normal', grad!.shape, { seed: constant(seed), step: step!, stream: stream! });
        return { grad: grad!.add(xi.mul(sigma!)) };
      },
    }),
    'eta',
  );

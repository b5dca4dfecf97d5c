// SPDX-License-Identifier: Apache-2.0
// Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", arXiv:1804.04235
// Checked against a chain of optax with clip_by_block_rms, and HeavyBall.

import { choice, defineHook, exclude, outOfRange, real, type Hook, type Match } from '@optim/core/authoring';
import { quotient } from '@optim/formulas';
import { constant, lengthOf, squareSums, where } from '@optim/fusion';

/** Options of {@link clipUpdates}. */
export interface ClipUpdatesOptions {
  /** Largest root mean square of a step over the learning rate. @defaultValue `1` */
  threshold?: number;
  /** One root mean square per tensor, or one over all parameters. @defaultValue `'tensor'` */
  scope?: 'tensor' | 'global';
  /** Variables whose steps are not clipped, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Limits the root mean square of every tensor's step, measured before the learning rate: AdaFactor's guard for any
 * algorithm.
 *
 * ```text
 * u = what the rule takes off the parameter, of N elements
 * R = √(Σ(u/learningRate)²/N)              per tensor; with 'global' over all parameters
 * u ← u·threshold/R                        where R > threshold
 * ```
 *
 * Decoupled weight decay is no part of u and stays; coupled decay is. Moments know nothing of the limit. The rate is the
 * one in force, so that a schedule does not change R. With `'global'` R is that of the steps as the rule makes them, whatever
 * hooks on steps come before, and nothing may be excluded.
 *
 * AdaFactor does this in its own step. StableAdamW measures the gradient over the second moment, without momentum, and
 * lowers the rate of its decay as well: it is a class of its own.
 *
 * **When to use:** where the loss of AdamW jumps now and then; it replaces a lower β₂. **When not:** with Lion and other methods
 * of signs, whose R is 1, and with Muon, whose R follows from the shape. **Hint:** 1 with Adam and its kin; with SGD the size
 * of usual steps has to be known.
 *
 * @example `clipUpdates()`
 * @throws RangeError for a threshold that is not in (0, ∞), another scope, or `exclude` with scope `'global'`
 * @see https://arxiv.org/abs/1804.04235
 */
export const clipUpdates: (options?: ClipUpdatesOptions | number) => Hook =
  /* #__PURE__ */ defineHook<ClipUpdatesOptions>(
    'clipUpdates',
    { threshold: real('(0, ∞)', 1), scope: choice(['tensor', 'global']), exclude: exclude() },
    ({ threshold, scope, exclude: excluded }) => {
      if (scope === 'tensor')
        return {
          reads: ['learningRate'],
          update: ({ param, start, step: u }, { learningRate }) => {
            const R = u!.norm().div(Math.sqrt(u!.size));
            const limit = learningRate!.mul(threshold);
            return { param: where(R.greater(limit), start!.sub(u!.mul(limit.div(R))), param!) };
          },
        };
      if (excluded) throw outOfRange('clipUpdates', 'exclude', "null with scope 'global'", excluded);
      return {
        reads: ['learningRate', 'step'],
        observe: ({ step: u, learningRate }) => ({
          ...squareSums(quotient(u!, learningRate!)),
          count: constant(u!.size),
        }),
        combine: ({ squares, shrunkSquares, count }) => ({
          R: lengthOf({ squares: squares!, shrunkSquares: shrunkSquares! }).div(count!.sqrt()),
        }),
        update: ({ param, start, step: u }, { R }) => ({
          param: where(R!.greater(threshold), start!.sub(u!.mul(constant(threshold).div(R!))), param!),
        }),
      };
    },
    'threshold',
  );

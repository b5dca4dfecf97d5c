// SPDX-License-Identifier: Apache-2.0
// Checked against skip_large_updates of optax, inside MultiSteps.

import { defineHook, flag, real, type Hook } from '@optim/core/authoring';
import { lengthOf, squareSums } from '@optim/fusion';
import { leavingOut } from './leaving-out.js';

/** Options of {@link skipLargeUpdates}. */
export interface SkipLargeUpdatesOptions {
  /** Steps whose gradients have this norm or more are left out. */
  maxNorm: number;
  /**
   * Whether a step that is left out counts for bias corrections, schedules and `iterations`. `false` reads a number after
   * every step: on cpu, wasm and in tfjs-node only. @defaultValue `true`
   */
  countSkipped?: boolean;
}

/**
 * A guard: when the norm of all gradients together is too large, or is not a number, the whole step leaves parameters,
 * slots and globals as they are. Decided on the device.
 *
 * ```text
 * n = √Σg²                                 over all parameters
 * skipped ← skipped + 1                    unless n < maxNorm
 * ```
 *
 * Sees the gradient after the hooks before it: put it before clipping and noise. The global `skipLargeUpdates.skipped` counts
 * the steps left out. **Look at it**: below the usual norm nothing is ever trained, and nothing else says so. With a maxNorm of
 * `Infinity` it guards against gradients that are not finite.
 *
 * By default the optimizer counts such a step, as with {@link skipNonFinite}, which says what `countSkipped` changes. optax
 * does not count it, and takes the square of the norm.
 *
 * **When to use:** where a rare batch is faulty. **When not:** where spikes are part of the data; {@link zClip} shortens their
 * steps. **Hint:** ten times the usual norm.
 *
 * @example `skipLargeUpdates(100)`
 * @throws RangeError for a maxNorm that is not in (0, ∞]; TypeError when it is missing, and for a countSkipped that is not true
 * or false; a step throws RangeError for `countSkipped: false` on webgl and webgpu, and changes nothing
 * @see https://optax.readthedocs.io/en/latest/api/gradient_accumulation.html
 */
export const skipLargeUpdates: (options: SkipLargeUpdatesOptions | number) => Hook =
  /* #__PURE__ */ defineHook<SkipLargeUpdatesOptions>(
    'skipLargeUpdates',
    { maxNorm: real('(0, ∞]'), countSkipped: flag(true) },
    (options) =>
      leavingOut(
        'skipLargeUpdates',
        options,
        (grad) => squareSums(grad),
        (sums) => lengthOf(sums as ReturnType<typeof squareSums>).less(options.maxNorm),
      ),
    'maxNorm',
  ) as (options: SkipLargeUpdatesOptions | number) => Hook;

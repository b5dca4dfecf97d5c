// SPDX-License-Identifier: Apache-2.0

import { defineHook, flag, type Hook } from '@optim/core/authoring';
import { nonFinites } from '@optim/formulas';
import { leavingOut } from './leaving-out.js';

/** Options of {@link skipNonFinite}. */
export interface SkipNonFiniteOptions {
  /**
   * Whether a step that is left out counts for bias corrections, schedules and `iterations`. `false` reads a number after
   * every step: on cpu, wasm and in tfjs-node only. @defaultValue `true`
   */
  countSkipped?: boolean;
}

/**
 * A guard: when any gradient has an element that is NaN or infinite, the whole step leaves parameters, slots and
 * globals as they are. Decided on the device.
 *
 * ```text
 * bad     = number of elements that are not finite, over all parameters
 * skipped ← skipped + 1    if bad > 0
 * ```
 *
 * Sees the gradient after the hooks before it: put it first. The global `skipNonFinite.skipped` counts the steps left
 * out (`await optimizer.readGlobals()`).
 *
 * By default the host, which does not wait for the device, counts such a step: after it bias corrections are those of a step
 * later, schedules have gone on, and every backend does the same. With `countSkipped: false` it is as if the step had never
 * been asked for, as in optax's `apply_if_finite` and with PyTorch's `GradScaler` (whose schedules the caller counts); only
 * backends that have their numbers at hand can do that. A wrapper counts its own steps in both cases.
 *
 * **Hint:** with early steps that are often left out, as under a loss scale that is still being found, `countSkipped: false`
 * keeps the first steps from being too large or too small.
 *
 * @example `skipNonFinite({ countSkipped: false })`
 * @throws TypeError for an option that is not true or false; a step throws RangeError for `countSkipped: false` on webgl and
 * webgpu, and changes nothing
 */
export const skipNonFinite: (options?: SkipNonFiniteOptions) => Hook =
  /* #__PURE__ */ defineHook<SkipNonFiniteOptions>('skipNonFinite', { countSkipped: flag(true) }, (options) =>
    leavingOut(
      'skipNonFinite',
      options,
      (grad) => ({ bad: nonFinites(grad) }),
      ({ bad }) => bad!.equal(0),
    ),
  ) as (options?: SkipNonFiniteOptions) => Hook;

// SPDX-License-Identifier: Apache-2.0

import { defineHook, flag, type Hook } from '@optim/core/authoring';
import { where } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link skipNonFinite}. */
export interface SkipNonFiniteOptions {
  /**
   * Whether a step that is left out counts for bias corrections, schedules and `iterations`. `false` reads a number after
   * every step: on cpu, wasm and in tfjs-node only. @defaultValue `true`
   */
  countSkipped?: boolean;
}

/** Backends that have their numbers in the memory of the host. */
const atHand: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/** Whether the counter of skipped steps stays as it is. */
const counted: NonNullable<Hook['counted']> = (globals, key) => {
  const backend = tf.getBackend();
  if (!atHand.includes(backend))
    throw new RangeError(
      `skipNonFinite: countSkipped must be true on backend ${backend}, which would have to be waited for in every step, got false`,
    );
  const skipped = (): number => globals.get(`${key}.skipped`)!.dataSync()[0]!;
  const before = skipped();
  return () => skipped() === before;
};

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
  /* #__PURE__ */ defineHook<SkipNonFiniteOptions>(
    'skipNonFinite',
    { countSkipped: flag(true) },
    ({ countSkipped }) => ({
      globals: { skipped: 0 },
      observe: ({ grad }) => ({ bad: where(grad!.isFinite(), 0, 1).sum() }),
      combine: ({ bad }, { skipped }) => {
        const fine = where(bad!.equal(0), 1, 0);
        return { fine, skipped: skipped!.add(fine.complement()) };
      },
      guard: ({ fine }) => fine!.greater(0),
      ...(!countSkipped && { counted }),
    }),
  ) as (options?: SkipNonFiniteOptions) => Hook;

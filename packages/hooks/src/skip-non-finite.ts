// SPDX-License-Identifier: Apache-2.0

import { defineHook, type Hook } from '@optim/core/authoring';
import { where } from '@optim/fusion';

/**
 * A guard: when any gradient has an element that is NaN or infinite, the whole step leaves parameters, slots and
 * globals as they are. Decided on the device, nothing is read back.
 *
 * ```text
 * bad     = number of elements that are not finite, over all parameters
 * skipped ← skipped + 1    if bad > 0
 * ```
 *
 * Sees the gradient after the hooks before it: put it first. The global `skipNonFinite.skipped` counts the steps left
 * out (`await optimizer.readGlobals()`). The host, which knows nothing of it, counts the step: schedules and bias
 * corrections go on.
 *
 * @example `skipNonFinite()`
 */
export const skipNonFinite: () => Hook = /* #__PURE__ */ defineHook<object>('skipNonFinite', {}, () => ({
  globals: { skipped: 0 },
  observe: ({ grad }) => ({ bad: where(grad!.isFinite(), 0, 1).sum() }),
  combine: ({ bad }, { skipped }) => {
    const fine = where(bad!.equal(0), 1, 0);
    return { fine, skipped: skipped!.add(fine.complement()) };
  },
  guard: ({ fine }) => fine!.greater(0),
}));

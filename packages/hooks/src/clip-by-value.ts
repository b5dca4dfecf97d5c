// SPDX-License-Identifier: Apache-2.0

import { defineHook, real, type Hook } from '@optim/core/authoring';

/** Options of {@link clipByValue}. */
export interface ClipByValueOptions {
  /** Largest allowed absolute value of an element. */
  maxValue: number;
}

/**
 * Limits every element of the gradient.
 *
 * ```text
 * g ← min(max(g, −maxValue), maxValue)
 * ```
 *
 * Changes the direction of the gradient, unlike {@link clipByGlobalNorm}.
 *
 * @example `clipByValue(0.5)`
 * @throws RangeError for a maxValue that is not in (0, ∞); TypeError when it is missing
 */
export const clipByValue: (options: ClipByValueOptions | number) => Hook =
  /* #__PURE__ */ defineHook<ClipByValueOptions>(
    'clipByValue',
    { maxValue: real('(0, ∞)') },
    ({ maxValue }) => ({ gradient: ({ grad }) => ({ grad: grad!.clip(-maxValue, maxValue) }) }),
    'maxValue',
  ) as (options: ClipByValueOptions | number) => Hook;

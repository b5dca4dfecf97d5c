// SPDX-License-Identifier: Apache-2.0
// Checked against keras.constraints.NonNeg.

import { defineHook, exclude, type Hook, type Match } from '@optim/core/authoring';
import { where } from '@optim/fusion';

/** Options of {@link nonNegative}. */
export interface NonNegativeOptions {
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/**
 * A constraint: brings weights below 0 back to 0 after every step.
 *
 * ```text
 * p ← max(p, 0)
 * ```
 *
 * NaN stays NaN. Only variables that were stepped are touched, so that a start value below 0 lasts until the first step; moments
 * are left alone.
 *
 * **When to use:** for factorizations, mixtures and monotone networks. **When not:** for biases and scales: `match` the kernels.
 *
 * @example `nonNegative({ match: /kernel/ })`
 * @throws TypeError for a match that is neither a RegExp nor a function
 * @see https://keras.io/api/layers/constraints/
 */
export const nonNegative: (options?: NonNegativeOptions) => Hook =
  /* #__PURE__ */ defineHook<NonNegativeOptions>('nonNegative', { match: exclude() }, () => ({
    update: ({ param }) => ({ param: where(param!.less(0), 0, param!) }),
  })) as (options?: NonNegativeOptions) => Hook;

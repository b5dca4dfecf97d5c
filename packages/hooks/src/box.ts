// SPDX-License-Identifier: Apache-2.0
// Checked against optax.projections.projection_box.

import { defineHook, exclude, outOfRange, real, type Hook, type Match } from '@optim/core/authoring';
import { where } from '@optim/fusion';

/** Options of {@link box}. */
export interface BoxOptions {
  /** Least value, a; `-Infinity`: none. */
  lower: number;
  /** Largest value, b; `Infinity`: none. */
  upper: number;
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/**
 * A constraint: keeps every weight between two bounds.
 *
 * ```text
 * p ← min(max(p, a), b)
 * ```
 *
 * NaN stays NaN. Moments are left alone: with momentum a weight presses against its bound for some steps.
 *
 * @example `box({ lower: -1, upper: 1 })`
 * @throws RangeError for bounds that are no numbers, or a lower one above the upper; TypeError when one is missing
 * @see https://optax.readthedocs.io/en/latest/api/projections.html
 */
export const box: (options: BoxOptions) => Hook = /* #__PURE__ */ defineHook<BoxOptions>(
  'box',
  { lower: real('[-∞, ∞)'), upper: real('(-∞, ∞]'), match: exclude() },
  ({ lower, upper }) => {
    if (lower > upper) throw outOfRange('box', 'lower', `at most upper (${upper})`, lower);
    return {
      update: ({ param: p }) => ({
        param: where(p!.less(lower), lower, where(p!.greater(upper), upper, p!)),
      }),
    };
  },
) as (options: BoxOptions) => Hook;

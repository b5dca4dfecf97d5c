// SPDX-License-Identifier: Apache-2.0
// Checked against keras.constraints.UnitNorm.

import { defineHook, exclude, type Hook, type Match } from '@optim/core/authoring';
import { constant } from '@optim/fusion';
import { axisRow, normed, type Axis } from './slices.js';

/** Options of {@link unitNorm}. */
export interface UnitNormOptions {
  /**
   * Axes that a norm is taken over, negative ones from the end; `null`: all but the last, a norm for every output unit, or the
   * whole of a vector. @defaultValue `null`
   */
  axis?: Axis;
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/**
 * A constraint: gives the weights of every output unit the norm 1.
 *
 * ```text
 * p ← p/(√Σp² + 1e-7)                      over axis
 * ```
 *
 * Weights of 0 stay 0. Keras has `axis: 0` by default, which for a convolution is its height. The average of such points, as
 * weight averaging and Lookahead take it, is shorter than 1.
 *
 * **When to use:** where only directions count, as before a normalization. **When not:** for biases: `match` the kernels.
 *
 * @example `unitNorm({ match: /kernel/ })`
 * @throws TypeError for an axis that is no integer and no list of them; a step throws RangeError for one that a variable does not
 * have
 * @see https://keras.io/api/layers/constraints/
 */
export const unitNorm: (options?: UnitNormOptions) => Hook = /* #__PURE__ */ defineHook<UnitNormOptions>(
  'unitNorm',
  { axis: axisRow(), match: exclude() },
  ({ axis }) => ({
    update: ({ param }) => ({ param: normed('unitNorm', param!, axis).withNorm(constant(1)) }),
  }),
) as (options?: UnitNormOptions) => Hook;

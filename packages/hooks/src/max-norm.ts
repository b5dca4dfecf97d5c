// SPDX-License-Identifier: Apache-2.0
// Checked against keras.constraints.MaxNorm.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';
import { constant, where } from '@optim/fusion';
import { axisRow, normed, type Axis } from './slices.js';

/** Options of {@link maxNorm}. */
export interface MaxNormOptions {
  /** Largest allowed norm. @defaultValue `2` */
  maxValue?: number;
  /**
   * Axes that a norm is taken over, negative ones from the end; `null`: all but the last, a norm for every output unit, or the
   * whole of a vector. @defaultValue `null`
   */
  axis?: Axis;
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/**
 * A constraint: shortens the weights of every output unit whose norm is too large.
 *
 * ```text
 * n = √Σp²                                 over axis
 * p ← p·maxValue/(n + 1e-7)                where n > maxValue
 * ```
 *
 * Keras has `axis: 0` by default, which is the same for dense kernels, and for a convolution its height. It also shrinks what is
 * within the bound, by 1e-7/n.
 *
 * **When to use:** with dropout and large learning rates. **When not:** for biases: `match` the kernels. **Hint:** 2 to 4.
 *
 * @example `maxNorm({ maxValue: 3, match: /kernel/ })`
 * @throws RangeError for a maxValue that is not in (0, ∞); a step throws RangeError for an axis that a variable does not have
 * @see https://keras.io/api/layers/constraints/
 */
export const maxNorm: (options?: MaxNormOptions | number) => Hook =
  /* #__PURE__ */ defineHook<MaxNormOptions>(
    'maxNorm',
    { maxValue: real('(0, ∞)', 2), axis: axisRow(), match: exclude() },
    ({ maxValue, axis }) => ({
      update: ({ param }) => {
        const { n, withNorm } = normed('maxNorm', param!, axis);
        return { param: where(n.greater(maxValue), withNorm(constant(maxValue)), param!) };
      },
    }),
    'maxValue',
  );

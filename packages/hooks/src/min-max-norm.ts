// SPDX-License-Identifier: Apache-2.0
// Checked against keras.constraints.MinMaxNorm.

import { defineHook, exclude, outOfRange, real, type Hook, type Match } from '@optim/core/authoring';
import { where } from '@optim/fusion';
import { axisRow, normed, type Axis } from './slices.js';

/** Options of {@link minMaxNorm}. */
export interface MinMaxNormOptions {
  /** Least norm, a. @defaultValue `0` */
  minValue?: number;
  /** Largest norm, b. @defaultValue `1` */
  maxValue?: number;
  /** Share of the way to the bound that a step goes. @defaultValue `1` */
  rate?: number;
  /**
   * Axes that a norm is taken over, negative ones from the end; `null`: all but the last, a norm for every output unit, or the
   * whole of a vector. @defaultValue `null`
   */
  axis?: Axis;
  /** Variables it acts on, by name or by a function of the variable; `null`: all. @defaultValue `null` */
  match?: Match | null;
}

/**
 * A constraint: brings the norm of the weights of every output unit between two bounds, at once or bit by bit.
 *
 * ```text
 * n = √Σp²                                 over axis
 * L = rate·min(max(n, a), b) + (1 − rate)·n
 * p ← p·L/(n + 1e-7)                       where n < a or n > b
 * ```
 *
 * Weights of 0 stay 0. Keras has `axis: 0` by default, which for a convolution is its height. It also shrinks what is within the
 * bounds, by 1e-7/n.
 *
 * @example `minMaxNorm({ minValue: 0.5, maxValue: 2, match: /kernel/ })`
 * @throws RangeError for values that are not in [0, ∞), a minValue above the maxValue, or a rate that is not in [0, 1]; a step
 * throws RangeError for an axis that a variable does not have
 * @see https://keras.io/api/layers/constraints/
 */
export const minMaxNorm: (options?: MinMaxNormOptions) => Hook =
  /* #__PURE__ */ defineHook<MinMaxNormOptions>(
    'minMaxNorm',
    {
      minValue: real('[0, ∞)', 0),
      maxValue: real('[0, ∞)', 1),
      rate: real('[0, 1]', 1),
      axis: axisRow(),
      match: exclude(),
    },
    ({ minValue, maxValue, rate, axis }) => {
      if (minValue > maxValue)
        throw outOfRange('minMaxNorm', 'minValue', `at most maxValue (${maxValue})`, minValue);
      return {
        update: ({ param }) => {
          if (rate === 0) return {};
          const { n, withNorm } = normed('minMaxNorm', param!, axis);
          const nearest = n.clip(minValue, maxValue);
          const length = nearest.mul(rate).add(n.mul(1 - rate));
          return { param: where(nearest.equal(n), param!, withNorm(length)) };
        },
      };
    },
  ) as (options?: MinMaxNormOptions) => Hook;

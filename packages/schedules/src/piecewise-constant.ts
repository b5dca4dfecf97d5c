// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (piecewise_constant_schedule) and torch 2.13 (ConstantLR).

import { defineSchedule, outOfRange, type Schedule } from '@optim/options';
import { boundarySteps, numbers } from './rows.js';

/** Options of {@link piecewiseConstant}. */
export interface PiecewiseConstantOptions {
  /** Steps at which the next value begins: strictly increasing positive integers. */
  boundaries: readonly number[];
  /** The rates, one more than boundaries; each in [0, ∞). */
  values: readonly number[];
}

/**
 * A list of rates, each in force until its boundary.
 *
 *     values[number of boundaries <= t]
 *
 * First update: `values[0]`. The last value appears at the last boundary and is held.
 * Differs from Keras, which changes one step after the boundary.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range, or lists whose lengths
 * disagree.
 */
export const piecewiseConstant: (options: PiecewiseConstantOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<PiecewiseConstantOptions>(
    'piecewiseConstant',
    {
      boundaries: boundarySteps,
      values: numbers('numbers in [0, ∞)', (values) => values.every((rate) => rate >= 0 && rate < Infinity)),
    },
    ({ boundaries, values }) => {
      if (values.length !== boundaries.length + 1) {
        const wanted = `one more than boundaries (${boundaries.length + 1})`;
        throw outOfRange('piecewiseConstant', 'values', wanted, values);
      }
      return (t) => values[boundaries.filter((b) => b <= t).length]!;
    },
    ({ boundaries }) => [0, ...boundaries],
  );

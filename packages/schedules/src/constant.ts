// SPDX-License-Identifier: Apache-2.0
// Checked against optax 0.2.8 (constant_schedule).

import { defineSchedule, real, type Schedule } from '@optim/options';

/** Options of {@link constant}. */
export interface ConstantOptions {
  /** The rate; in [0, ∞). */
  learningRate: number;
}

/**
 * Always `learningRate`: a plain number where a schedule is needed (in `join`, `scale` and the like).
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 */
export const constant: (options: ConstantOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<ConstantOptions>(
    'constant',
    { learningRate: real('[0, ∞)') },
    ({ learningRate }) =>
      () =>
        learningRate,
    () => [0],
  );

// SPDX-License-Identifier: Apache-2.0
// arXiv:1706.03762, equation 3; checked against the Annotated Transformer at step + 1.

import { defineSchedule, integer, real, type Schedule } from '@optim/options';

/** Options of {@link noam}. */
export interface NoamOptions {
  /** Width of the model; in (0, ∞). */
  modelSize: number;
  /** Steps of warm-up; an integer in [1, ∞), default 4000. */
  warmupSteps?: number;
  /** Factor of every rate; in (0, ∞), default 1. */
  scale?: number;
}

/**
 * The schedule of the first Transformer.
 *
 *     s = t + 1
 *     scale * modelSize^(-1/2) * min(s^(-1/2), s * warmupSteps^(-3/2))
 *
 * First update: `scale * modelSize^(-1/2) * warmupSteps^(-3/2)`. Peak at step `warmupSteps - 1`. No final
 * value.
 * Differs from the Annotated Transformer, which uses the first rate twice and is one step behind after that.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Vaswani et al. 2017, arXiv:1706.03762
 */
export const noam: (options: NoamOptions) => Schedule = /* #__PURE__ */ defineSchedule<NoamOptions>(
  'noam',
  { modelSize: real('(0, ∞)'), warmupSteps: integer('[1, ∞)', 4000), scale: real('(0, ∞)', 1) },
  ({ modelSize, warmupSteps, scale }) =>
    (t) => {
      const s = t + 1;
      return scale * modelSize ** -0.5 * Math.min(s ** -0.5, s * warmupSteps ** -1.5);
    },
  ({ warmupSteps }) => [warmupSteps - 1],
);

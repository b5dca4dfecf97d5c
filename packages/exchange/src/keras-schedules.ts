// SPDX-License-Identifier: Apache-2.0
// What Keras computes in a step and takes as an option here: schedules that make both the same.

import { defineSchedule, real, type Schedule } from '@optim/options';

/** Options of {@link kerasEpsilon}. */
export interface KerasEpsilonOptions {
  /** The constant of Keras; in [0, ∞). */
  epsilon: number;
  /** Decay of the second moment; in [0, 1). */
  beta2: number;
}

/**
 * The ε of Adam and AdamW that acts as that of Keras, which adds it to √v before the correction of v:
 *
 *     epsilon / sqrt(1 - beta2^(step + 1))
 *
 * First update: `epsilon / sqrt(1 - beta2)`. It falls to `epsilon`. Every variable must have had as many updates as the
 * optimizer has done steps.
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { kerasEpsilon } from '@optim/exchange';
 *
 * const optimizer = new AdamW({ epsilon: kerasEpsilon({ epsilon: 1e-7, beta2: 0.999 }) });
 * ```
 */
export const kerasEpsilon: (options: KerasEpsilonOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<KerasEpsilonOptions>(
    'kerasEpsilon',
    { epsilon: real('[0, ∞)'), beta2: real('[0, 1)') },
    ({ epsilon, beta2 }) =>
      (step) =>
        epsilon / Math.sqrt(1 - beta2 ** (step + 1)),
    () => [0],
  );

/** Options of {@link kerasRelativeRate}. */
export interface KerasRelativeRateOptions {
  /** Upper bound; in (0, ∞). */
  learningRate: number;
}

/**
 * The step size of Keras' Adafactor, before it is scaled by the parameter: `min(learningRate, 1 / sqrt(step + 1))`.
 */
export const kerasRelativeRate: (options: KerasRelativeRateOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<KerasRelativeRateOptions>(
    'kerasRelativeRate',
    { learningRate: real('(0, ∞)') },
    ({ learningRate }) =>
      (step) =>
        Math.min(learningRate, 1 / Math.sqrt(step + 1)),
    () => [0],
  );

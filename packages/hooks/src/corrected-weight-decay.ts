// SPDX-License-Identifier: Apache-2.0
// Defazio, "Why Gradients Rapidly Increase Near the End of Training", arXiv:2506.02285
// Checked against timm's corrected_weight_decay.

import { defineHook, exclude, real, type Hook, type Match } from '@optim/core/authoring';

/** Options of {@link correctedWeightDecay}. */
export interface CorrectedWeightDecayOptions {
  /** Strength λ. */
  weightDecay: number;
  /** Largest rate of the schedule, L. */
  maxLearningRate: number;
  /** Variables that do not decay, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Decoupled weight decay that falls with the square of the learning rate (AdamC, SGDC): the weights of normalized layers keep their
 * proportion to the gradients until the end of a schedule.
 *
 * ```text
 * p ← p·(1 − λ·learningRate²/L)            before the rule
 * ```
 *
 * The rate is the one in force, of a schedule, a group or a callback; at the peak of the schedule this is decoupled decay with
 * the same λ. L is a number of its own, and no guess from the rate: it stays what it is when training is resumed.
 *
 * The decay of the optimizer itself acts as well: set its `weightDecay` to 0. Only layers before a normalization want this decay; leave the
 * others to the optimizer: `parameterGroups` with a `weightDecay`, and `exclude` here. timm decays all, and takes for L the
 * rate that the optimizer was made with.
 *
 * **When to use:** normalized networks under a long schedule that ends near 0. **When not:** a constant rate, where it is decoupled
 * decay. **Hint:** keep λ.
 *
 * @example `correctedWeightDecay({ weightDecay: 0.05, maxLearningRate: 1e-3 })`
 * @throws RangeError for a strength that is not in [0, ∞) or a maxLearningRate that is not in (0, ∞); TypeError when one of them
 * is missing
 * @see https://arxiv.org/abs/2506.02285
 */
export const correctedWeightDecay: (options: CorrectedWeightDecayOptions) => Hook =
  /* #__PURE__ */ defineHook<CorrectedWeightDecayOptions>(
    'correctedWeightDecay',
    { weightDecay: real('[0, ∞)'), maxLearningRate: real('(0, ∞)'), exclude: exclude() },
    ({ weightDecay, maxLearningRate }) => ({
      reads: ['learningRate'],
      decay: ({ param }, { learningRate }) => {
        const share = learningRate!.div(maxLearningRate);
        return { param: param!.mul(share.mul(learningRate!).mul(weightDecay).complement()) };
      },
    }),
  ) as (options: CorrectedWeightDecayOptions) => Hook;

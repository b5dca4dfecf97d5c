// SPDX-License-Identifier: Apache-2.0
// Xie, Sato, Sugiyama, "Stable Weight Decay Regularization", arXiv:2011.11152
// Checked against the authors' AdamS and SGDS.

import {
  defineHook,
  exclude,
  nullable,
  outOfRange,
  real,
  type Hook,
  type Match,
} from '@optim/core/authoring';
import { stablyDecayed } from '@optim/formulas';
import { constant } from '@optim/fusion';

/** Options of {@link stableWeightDecay}. */
export interface StableWeightDecayOptions {
  /** Strength λ. */
  weightDecay: number;
  /** Momentum of the optimizer, for the form without second moments; `null`: the adaptive form. @defaultValue `null` */
  momentum?: number | null;
  /** Dampening of the optimizer, with `momentum`. @defaultValue `0` */
  dampening?: number;
  /** Variables that do not decay, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

/**
 * Decoupled weight decay that stays in proportion to the steps of the optimizer.
 *
 * ```text
 * S = √(mean of v̂ over all elements of all parameters)
 * p ← p·(1 − learningRate·λ/S)             where S > 0
 * p ← p·(1 − learningRate·λ·(1 − dampening)/(1 − momentum))     with momentum
 * ```
 *
 * v̂ is the bias-corrected second moment that this step divides by; an optimizer that keeps none refuses the adaptive form.
 * Decays before the step of the optimizer, at the rate in force. Excluded variables count in S; those without a gradient do
 * not. Nothing guards against λ so large that the factor turns negative.
 *
 * The global of the last step, `stableWeightDecay.S`, is 0 while all gradients have been zero. pytorch_optimizer adds ε to
 * S, others take it per tensor; the authors' code does neither.
 *
 * **When to use:** with Adam and its kin in place of their own decay, whose `weightDecay` set to 0. **When not:** with
 * AdamS, and Adai's `stableWeightDecay`, which have it built in. **Hint:** choose λ as for SGD, about 5e-4, not as for AdamW.
 *
 * @example `stableWeightDecay(5e-4)`
 * @throws RangeError for a strength that is not in [0, ∞), a momentum that is not in [0, 1), a dampening that is not in
 * [0, 1] or comes without momentum; TypeError when weightDecay is missing
 * @see https://arxiv.org/abs/2011.11152
 */
export const stableWeightDecay: (options: StableWeightDecayOptions | number) => Hook =
  /* #__PURE__ */ defineHook<StableWeightDecayOptions>(
    'stableWeightDecay',
    {
      weightDecay: real('[0, ∞)'),
      momentum: nullable(real('[0, 1)')),
      dampening: real('[0, 1]', 0),
      exclude: exclude(),
    },
    ({ weightDecay, momentum, dampening }) => {
      if (momentum === null) {
        if (dampening !== 0)
          throw outOfRange('stableWeightDecay', 'dampening', '0 without momentum', dampening);
        return adaptive(weightDecay);
      }
      const strength = (weightDecay * (1 - dampening)) / (1 - momentum);
      return {
        reads: ['learningRate'],
        decay: ({ param }, { learningRate }) => ({
          param: param!.mul(learningRate!.mul(-strength).add(1)),
        }),
      };
    },
    'weightDecay',
  ) as (options: StableWeightDecayOptions | number) => Hook;

function adaptive(weightDecay: number): Omit<Hook, 'name'> {
  return {
    reads: ['learningRate', 'secondMoment'],
    globals: { S: 0 },
    observe: ({ secondMoment: v }) => ({ total: v!.sum(), count: constant(v!.size) }),
    combine: ({ total, count }) => ({ S: total!.div(count!).sqrt() }),
    decay: ({ param }, { learningRate, S }) => ({
      param: stablyDecayed(param!, learningRate!.mul(weightDecay), S!),
    }),
  };
}

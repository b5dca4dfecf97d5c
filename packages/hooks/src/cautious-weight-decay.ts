// SPDX-License-Identifier: Apache-2.0
// Chen et al., "Cautious Weight Decay", arXiv:2510.12402
// Checked against the paper's rule around torch.optim, and HeavyBall.

import {
  atStep,
  defineHook,
  exclude,
  hyper,
  isSchedule,
  type Hook,
  type Hyper,
  type Match,
  type OptionTable,
} from '@optim/core/authoring';
import { constant, where } from '@optim/fusion';

/** Options of {@link cautiousWeightDecay}. */
export interface CautiousWeightDecayOptions {
  /** Strength λ. */
  weightDecay: Hyper;
  /** Variables that do not decay, by name or by a function of the variable. @defaultValue `null` */
  exclude?: Match | null;
}

const name = 'cautiousWeightDecay';
const table: OptionTable<CautiousWeightDecayOptions> = {
  weightDecay: /* #__PURE__ */ hyper('[0, ∞)'),
  exclude: /* #__PURE__ */ exclude(),
};

/**
 * Decoupled weight decay of the weights alone that the step of the optimizer makes smaller too, or leaves as they are.
 *
 * ```text
 * u = what the rule takes off the parameter
 * p ← p − learningRate·λ·start             where u·start ≥ 0
 * ```
 *
 * `start` is the parameter before the rule, u the whole step with its moments and its rate, after the hooks on steps that
 * come before this one: what {@link cautious} leaves out counts as agreement. A step of 0 decays. The rate is the one in
 * force.
 *
 * The decay of the optimizer itself acts as well: set its `weightDecay` to 0. Put {@link clipUpdates} before this hook, so that
 * it limits the step and not the decay. HeavyBall compares the bits of signs, so that a weight below 0 with a step of 0 does
 * not decay there.
 *
 * **When to use:** in place of decoupled weight decay, with the same λ. **When not:** where the decay itself is to bring
 * about the result, as in grokking. **Hint:** keep λ.
 *
 * @example `cautiousWeightDecay(0.1)`
 * @throws RangeError for a strength that is not in [0, ∞), in a step for that of a schedule; TypeError when it is missing
 * @see https://arxiv.org/abs/2510.12402
 */
export const cautiousWeightDecay: (options: CautiousWeightDecayOptions | number) => Hook =
  /* #__PURE__ */ defineHook<CautiousWeightDecayOptions>(
    name,
    table,
    (options) => ({
      reads: ['learningRate'],
      ...(isSchedule(options.weightDecay) && {
        coefficients: (step: number) => ({
          lambda: atStep(name, table as never, options, step - 1)['weightDecay'] as number,
        }),
      }),
      update: ({ param, start, step: u }, { learningRate, lambda }) => {
        const strength = learningRate!.mul(lambda ?? constant(options.weightDecay as number));
        // Signs do not underflow, as their product would.
        const opposes = u!.sign().mul(start!.sign()).less(0);
        return { param: param!.sub(where(opposes, 0, start!.mul(strength))) };
      },
    }),
    'weightDecay',
  ) as (options: CautiousWeightDecayOptions | number) => Hook;

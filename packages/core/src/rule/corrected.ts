// SPDX-License-Identifier: Apache-2.0
// Decay that falls with the square of the learning rate L: p ← p·(1 − λ·L²/L_max).

import { check, isSchedule, outOfRange, type Hyper } from '@optim/options';
import { peaks, type Scaled } from './common-options.js';

interface Corrected {
  weightDecayMode?: string;
  learningRate?: Hyper | null;
  maxLearningRate?: number | null;
}

/**
 * Fills in the L_max of options, where decay is corrected.
 *
 * @param own - those of the optimizer, or those that a group has for itself
 * @param all - those of the optimizer
 * @throws TypeError for an L_max that nobody can tell, RangeError for one that is not above 0, or that no decay asks for
 */
export function fillPeak(owner: string, own: Corrected, all: Corrected): void {
  const { weightDecayMode: mode, learningRate, maxLearningRate } = { ...all, ...own };
  const { maxLearningRate: given } = own;
  if (mode !== 'corrected') {
    if (given) throw outOfRange(owner, 'maxLearningRate', `null where decay is ${mode}`, given);
  } else if (!given && ('learningRate' in own || !maxLearningRate)) {
    const most = isSchedule(learningRate) ? learningRate.peak?.value : learningRate;
    check(owner, 'maxLearningRate, which learningRate does not tell,', peaks, most);
    own.maxLearningRate = most!;
  }
}

/**
 * Options of a step as rules know them: where decay is corrected, it is decoupled, by λ·L/L_max. The scale that a group has for itself
 * is on both.
 *
 * @param of - the options of the group
 * @param all - those of the optimizer
 */
export function asDecoupled(
  values: Record<string, unknown>,
  of: Scaled,
  all: Scaled,
): Record<string, unknown> {
  if (values['weightDecayMode'] !== 'corrected') return values;
  const { weightDecay, learningRate, maxLearningRate } = values as Record<string, number>;
  const own = (of.learningRateScale ?? 1) / (all.learningRateScale ?? 1);
  // A rate of 0 decays nothing, also where the scale makes L_max 0.
  const share = learningRate && learningRate / (maxLearningRate! * own);
  return { ...values, weightDecayMode: 'decoupled', weightDecay: weightDecay! * share! };
}

// SPDX-License-Identifier: Apache-2.0
// Options of Keras that are another thing here.

import { isSchedule } from '@optim/options';
import { kerasRelativeRate } from './keras-schedules.js';
import { refused } from './refusal.js';
import type { Options, Refuse } from './fields.js';

/** The options that made a schedule, if it is one by this name. */
function madeOf(value: unknown, schedule: string): Options | undefined {
  const config = isSchedule(value) ? value.config : undefined;
  return config?.schedule === schedule ? config.options : undefined;
}

/** ε of Keras: 0, or what {@link kerasEpsilon} was made of. */
export function epsilonOf(who: string, { epsilon, beta2 }: Options): unknown {
  const made = madeOf(epsilon, 'kerasEpsilon');
  if (epsilon !== 0 && (!made || made['beta2'] !== beta2))
    throw refused(
      who,
      'epsilon',
      'be kerasEpsilon({ epsilon, beta2 }), or 0: Keras adds it before the correction of v',
      epsilon,
    );
  return made?.['epsilon'] ?? 0;
}

/** The exponent of AdaFactor's decay, which is negative there. */
export function relativeOf(value: unknown, refuse: Refuse): Options {
  return typeof value === 'number' ? { decayRate: -value } : refuse('be a number', value);
}

/** The rate of Keras' Adafactor, by which, and not by the step, it decays. */
export const adafactorRates = {
  derived: ({ learningRate, weightDecay }: Options): Options => ({
    learningRate: kerasRelativeRate({ learningRate: learningRate as number }),
    weightDecay: (weightDecay as number) * (learningRate as number),
  }),
  underived(who: string, { learningRate, weightDecay }: Options): Options {
    const made = madeOf(learningRate, 'kerasRelativeRate');
    if (!made) throw refused(who, 'learningRate', 'be kerasRelativeRate({ learningRate })', learningRate);
    const rate = made['learningRate'] as number;
    return { learningRate: rate, weightDecay: (weightDecay as number) / rate };
  },
};

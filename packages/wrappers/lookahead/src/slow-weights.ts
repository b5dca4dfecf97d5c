// SPDX-License-Identifier: Apache-2.0
// The rule of Lookahead: slow copies of the parameters and, to pull momentum back, of the momentum.

import type { Recurrence } from '@optim/core/authoring';
import { copy, slowWeights, zeros } from '@optim/formulas';

/** What happens to the momentum of the base at a synchronization. */
export type PullbackMomentum = 'none' | 'reset' | 'pullback';

/** The options of Lookahead that a synchronization goes by. */
interface SynchronizationOptions {
  alpha?: number;
  pullbackMomentum?: PullbackMomentum;
}

/** The slot for the slow copy of a running average. */
export const slowOf = (name: string): string => `slow.${name}`;

/** A synchronization: slow copies move towards their variables, and variables onto them. */
export type Synchronization = Recurrence<SynchronizationOptions, 'slow' | `slow.${string}`>;

/** @param momentum - names of the running averages that the base keeps for every parameter */
export function synchronization(momentum: readonly string[]): Synchronization {
  return {
    slots: ({ pullbackMomentum }) => ({
      slow: copy,
      ...Object.fromEntries(momentum.map((name) => [slowOf(name), pullbackMomentum === 'pullback' && zeros])),
    }),
    update({ param, slow }, { alpha }) {
      const next = slowWeights(slow, param, alpha);
      return { slow: next, param: next };
    },
  };
}

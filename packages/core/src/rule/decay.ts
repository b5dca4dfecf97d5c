// SPDX-License-Identifier: Apache-2.0
// Weight decay, in the modes that every algorithm has.

import type { Expression } from '@optim/fusion';
import type { Pair } from './rule.js';

/** What weight decay depends on. */
export interface DecayKnown {
  readonly weightDecay: Expression;
  readonly weightDecayMode: string;
  /** `null` while a round has yet to find the rate: decoupled decay does not act then. */
  readonly rateInForce: Expression | null;
}

/** Strength of a decay that shrinks the parameter: λ times the rate if decoupled, else λ; `null` where there is none. */
export function strengthOf({ weightDecay, weightDecayMode, rateInForce }: DecayKnown): Expression | null {
  if (weightDecayMode === 'coupled') return null;
  return weightDecayMode === 'decoupled' ? rateInForce && weightDecay.mul(rateInForce) : weightDecay;
}

/** x·(1 − strength), or x itself where there is no strength. */
export function shrunk(x: Expression, strength: Expression | null): Expression {
  return strength ? x.mul(strength.complement()) : x;
}

/**
 * A parameter and its gradient after weight decay; in a mode that is not one of core's, as they are.
 *
 * ```text
 * decoupled     p ← p·(1 − learningRate·λ)
 * independent   p ← p·(1 − λ)
 * coupled       g ← g + λ·p
 * ```
 *
 * Decay that is `'corrected'` comes here as decoupled.
 */
export function decayed(pair: Pair, known: DecayKnown): Pair {
  const { param, grad } = pair;
  const { weightDecayMode: mode, weightDecay } = known;
  if (mode === 'coupled') return { param, grad: grad.add(param.mul(weightDecay)) };
  const isOurs = mode === 'decoupled' || mode === 'independent';
  return isOurs ? { param: shrunk(param, strengthOf(known)), grad } : pair;
}

// SPDX-License-Identifier: Apache-2.0
// In which steps Kron fits its factors.

import { outOfRange } from '@optim/core/authoring';

/** The share of steps with a fit, by the number of steps done. */
export type Probability = (step: number) => number;

/** A fit in every step at first, in one of 34 in the end. */
const usual: Probability = (n) => Math.min(1, Math.max(0.03, Math.exp(-0.001 * (n - 500))));

/** Steps that have been counted, how many of them since the last fit, and whether the last one was a fit. */
interface Count {
  readonly steps: number;
  readonly since: number;
  readonly fits: boolean;
}

const counted = new WeakMap<Probability, Count>();

/** From so many steps on the usual share stays what it is, and a fit comes in every 34th step. */
const settled = 4007;
const period = 34;

/** Counts on. */
function advanced(count: Count, share: Probability, step: number): Count {
  let { steps, since, fits: isFit } = count;
  for (; steps < step; steps++) {
    const value = share(steps);
    if (!(value > 0 && value <= 1))
      throw outOfRange('Kron', `preconditionerUpdateProbability at step ${steps}`, 'in (0, 1]', value);
    since++;
    isFit = since >= 1 / value;
    if (isFit) since = 0;
  }
  return { steps, since, fits: isFit };
}

/**
 * Whether a step fits the factors. Steps are counted, and once there are 1/probability of them, that one is a fit and the
 * count begins anew. Nothing is kept for it: what has not been counted just before is counted again, but for whole periods
 * of the usual share, as a loaded step may be any.
 *
 * @param step - from 1
 * @throws RangeError for a function with a value outside (0, 1]
 */
export function fits(probability: number | Probability | null, step: number): boolean {
  if (typeof probability === 'number') return step % Math.ceil(1 / probability) === 0;
  const share = probability ?? usual;
  const known = counted.get(share);
  let count: Count = known && known.steps <= step ? known : { steps: 0, since: 0, fits: false };
  if (share === usual && step > settled + period) {
    count = advanced(count, share, Math.max(count.steps, settled));
    count = { ...count, steps: count.steps + period * Math.floor((step - 1 - count.steps) / period) };
  }
  count = advanced(count, share, step);
  counted.set(share, count);
  return count.fits;
}

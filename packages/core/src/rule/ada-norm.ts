// SPDX-License-Identifier: Apache-2.0
// AdaNorm, for every algorithm with the options of it: core keeps the average and stretches the gradient.

import { constant, where, type Expression } from '@optim/fusion';
import type { Results, SlotInit } from './rule.js';

/** The slot: the average length of gradients, a scalar. */
export const adaNormSlots: Readonly<Record<string, SlotInit>> = { e: () => constant(0) };

/**
 * A gradient shorter than the running average of lengths, its own included, is stretched to that average.
 *
 * ```text
 * n = ‖g‖
 * e ← r·e + (1 − r)·n
 * stretched = g·e/n   if e > n > 0, else g
 * ```
 *
 * @returns the gradient, and the new average
 * @see https://arxiv.org/abs/2210.06364
 */
export function adaNorm(
  grad: Expression,
  e: Expression,
  r: Expression,
): { stretched: Expression; kept: Results } {
  const n = grad.norm();
  const average = e.mul(r).add(n.mul(r.complement()));
  const stretch = average.greater(n).and(n.greater(0));
  return { stretched: where(stretch, grad.mul(average.div(n)), grad), kept: { e: average } };
}

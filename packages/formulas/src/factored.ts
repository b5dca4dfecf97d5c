// SPDX-License-Identifier: Apache-2.0
// Second moments of matrices kept as means of rows and columns, as AdaFactor and its kin do.

import { constant, type Expression, type Shape } from '@optim/fusion';
import type { TracedInit } from './types.js';
import { ema } from './formulas.js';

/** The two axes a moment is factored over. */
export interface FactoredAxes {
  readonly r: number;
  readonly c: number;
}

/**
 * The two longest axes, c the longest (the later of two equals); the others are batch axes.
 *
 * @param minLength - a tensor whose axis r is shorter is not factored
 * @returns null for a tensor that keeps its full moment: one of rank 0 or 1, or too short
 */
export function factoredAxes(shape: Shape, minLength = 1): FactoredAxes | null {
  if (shape.length < 2) return null;
  const [r, c] = Array.from(shape.keys())
    .sort((a, b) => shape[a]! - shape[b]! || a - b)
    .slice(-2) as [number, number];
  return shape[r]! >= minLength ? { r, c } : null;
}

/** The slots of a factored moment, zeros: R (axis c of length 1) and C (axis r of length 1). */
export function factoredSlots(
  minLength: number,
  names: { readonly R: string; readonly C: string } = { R: 'R', C: 'C' },
): Record<string, TracedInit> {
  const without =
    (axis: 'r' | 'c'): TracedInit =>
    ({ shape }) => {
      const axes = factoredAxes(shape, minLength);
      return axes && constant(0).broadcastTo(shape.map((length, i) => (i === axes[axis] ? 1 : length)));
    };
  return { [names.R]: without('c'), [names.C]: without('r') };
}

/**
 * Moving average of q as its row and column means, and a division by the root of what they stand for.
 *
 * ```text
 * R ← βR + (1 − β)·mean_c(q)
 * C ← βC + (1 − β)·mean_r(q)
 * scale(x) = x/√(R·C/mean_r(R))
 * ```
 *
 * @returns the new R and C, and `scale`, which takes one root after the other: R·C underflows where q does
 */
export function factoredMoment(
  { R, C }: { readonly R: Expression; readonly C: Expression },
  q: Expression,
  beta: Expression,
  { r, c }: FactoredAxes,
): { R: Expression; C: Expression; scale: (x: Expression) => Expression } {
  const rows = ema(R, q.mean([c]), beta);
  const columns = ema(C, q.mean([r]), beta);
  return {
    R: rows,
    C: columns,
    // Reciprocals, since there are far fewer of them than elements to divide.
    scale: (x) => x.mul(rows.mean([r]).div(rows).sqrt()).mul(constant(1).div(columns.sqrt())),
  };
}

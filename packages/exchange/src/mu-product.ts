// SPDX-License-Identifier: Apache-2.0

import type { Options } from './fields.js';

/**
 * π = μ(1)·μ(2)·…·μ(t) of NAdam, which others keep and the class here makes anew in every step. Factors that no longer show are
 * left out: there are never more than a few thousand others.
 */
export function muProduct({ beta1, momentumDecay: psi }: Options, t: number): number {
  let pi = (beta1 as number) ** t;
  for (let i = 1; i <= t && pi > 1e-45; i++) {
    const factor = 1 - 0.5 * 0.96 ** (i * (psi as number));
    if (factor === 1) break;
    pi *= factor;
  }
  return pi;
}

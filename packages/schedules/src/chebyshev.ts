// SPDX-License-Identifier: Apache-2.0
// arXiv:2103.01338; checked against the nodes and the permutation of Ranger21's authors.

import { defineSchedule, integer, outOfRange, real, type Schedule } from '@optim/options';
import { checkOrder } from './rows.js';

/** Options of {@link chebyshev}. */
export interface ChebyshevOptions {
  /** Factor of every value; in [0, ∞), default 1. */
  learningRate?: number;
  /** Steps of one cycle (T), a power of two; an integer in [1, ∞). */
  totalSteps: number;
  /** Lower bound of the Hessian's eigenvalues (m); in (0, `upperBound`], default 0.1. */
  lowerBound?: number;
  /** Upper bound of the Hessian's eigenvalues (M); in (0, ∞), default 1. */
  upperBound?: number;
}

/**
 * Entry i of the fractal permutation of 0..T-1. Doubling a permutation of length n replaces every entry x by
 * the pair x, 2n - 1 - x; the bits of i, from the top, say which of the pair to follow.
 */
function fractal(i: number, T: number): number {
  let x = 0;
  for (let n = 1; n < T; n *= 2) {
    const bit = Math.floor((i * 2 * n) / T) % 2;
    if (bit === 1) x = 2 * n - 1 - x;
  }
  return x;
}

/**
 * Chebyshev steps in fractal order: the fastest plain gradient descent on a quadratic, made stable.
 *
 *     g_i = (M + m) / 2 - (M - m) / 2 * cos(pi * (i + 1/2) / T), i = 0..T-1
 *     learningRate / g_sigma(floor(t) mod T), sigma the fractal permutation (T = 8: 0 7 3 4 1 6 2 5)
 *
 * First update: `learningRate` / smallest node. The cycle repeats, and means something only as a whole. The
 * values reach 1 / `lowerBound`: meant for plain gradient descent with real bounds and `learningRate` 1.
 * Differs from pytorch_optimizer, whose cycle has other nodes and begins with its largest factor three times.
 *
 * @throws TypeError, RangeError for an option that is missing or outside its range.
 * @see Agarwal, Goel and Zhang 2021, arXiv:2103.01338
 */
export const chebyshev: (options: ChebyshevOptions) => Schedule =
  /* #__PURE__ */ defineSchedule<ChebyshevOptions>(
    'chebyshev',
    {
      learningRate: real('[0, ∞)', 1),
      totalSteps: integer('[1, ∞)'),
      lowerBound: real('(0, ∞)', 0.1),
      upperBound: real('(0, ∞)', 1),
    },
    (options) => {
      checkOrder('chebyshev', options, 'lowerBound', 'upperBound');
      const { learningRate, totalSteps: T, lowerBound: m, upperBound: M } = options;
      if (!Number.isInteger(Math.log2(T))) throw outOfRange('chebyshev', 'totalSteps', 'a power of two', T);
      return (t) => {
        const i = fractal(Math.floor(t) % T, T);
        const g = (M + m) / 2 - ((M - m) / 2) * Math.cos((Math.PI * (i + 0.5)) / T);
        return learningRate / g;
      };
    },
    () => [0],
  );

// SPDX-License-Identifier: Apache-2.0
// Almost the nearest orthogonal matrix, by products alone.

import { matMul, reshape, where, type Expression } from '@optim/fusion';

/**
 * A tensor as the matrix of its last axis: all others flattened. A convolution `[h, w, in, out]` becomes `[h·w·in, out]`.
 *
 * @returns fan-in and fan-out
 */
export function matrixOf(x: Expression): { matrix: Expression; fanIn: number; fanOut: number } {
  const fanOut = x.shape.at(-1)!;
  const fanIn = fanOut === 0 ? 0 : x.size / fanOut;
  return { matrix: reshape(x, [fanIn, fanOut]), fanIn, fanOut };
}

/** Newton–Schulz steps, as `newtonSchulzSteps` of `@optim/linalg` gives them. */
export interface NewtonSchulz {
  readonly steps: readonly (readonly [a: number, b: number, c: number])[];
  readonly safety: number;
}

/**
 * Newton–Schulz steps towards the nearest matrix with orthonormal rows or columns.
 *
 * ```text
 * X ← X/(safety·‖X‖ + ε)
 * A = XXᵀ,  X ← aX + (bA + cAA)X       for each (a, b, c); A = XᵀX and X from the left where X is tall
 * ```
 *
 * @param x - a matrix
 * @param newtonSchulz - the coefficients of each step, and the factor of the norm they are made for
 * @param epsilon - added to the norm; a matrix of zeros stays one without it, too
 * @see https://kellerjordan.github.io/posts/muon/
 */
export function orthogonalized(x: Expression, { steps, safety }: NewtonSchulz, epsilon: number): Expression {
  const tall = x.shape[0]! > x.shape[1]!;
  const n = x.norm().mul(safety).add(epsilon);
  x = x.div(where(n.equal(0), 1, n));
  for (const [a, b, c] of steps) {
    const A = matMul(x, x, tall, !tall);
    const B = A.mul(b).add(matMul(A, A).mul(c));
    x = x.mul(a).add(tall ? matMul(x, B) : matMul(B, x));
  }
  return x;
}

// SPDX-License-Identifier: Apache-2.0
// Almost the nearest orthogonal matrix, by products alone.

import { matMul, reshape, type Expression } from '@optim/fusion';

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

/**
 * Newton–Schulz steps towards the nearest matrix with orthonormal rows or columns.
 *
 * ```text
 * X ← X/(‖X‖ + ε)
 * A = XXᵀ,  X ← aX + (bA + cAA)X       for each (a, b, c); A = XᵀX and X from the left where X is tall
 * ```
 *
 * @param x - a matrix
 * @param steps - the coefficients of each step
 * @param epsilon - added to the norm, so that a matrix of zeros stays one
 * @see https://kellerjordan.github.io/posts/muon/
 */
export function orthogonalized(
  x: Expression,
  steps: readonly (readonly [a: number, b: number, c: number])[],
  epsilon: number,
): Expression {
  const tall = x.shape[0]! > x.shape[1]!;
  x = x.div(x.norm().add(epsilon));
  for (const [a, b, c] of steps) {
    const A = matMul(x, x, tall, !tall);
    const B = A.mul(b).add(matMul(A, A).mul(c));
    x = x.mul(a).add(tall ? matMul(x, B) : matMul(B, x));
  }
  return x;
}

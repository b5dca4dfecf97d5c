// SPDX-License-Identifier: Apache-2.0
// The damped normal equations, on the host in float64.

import { hostSolve, matrix, type Matrix } from '@optim/linalg';

/** What an attempt solves for. */
export interface System {
  /** JᵀJ + w·I [n, n], or JJᵀ, without damping. */
  readonly matrix: Matrix;
  readonly right: Float64Array;
  /** D, a diagonal. */
  readonly scale: Float64Array;
}

/**
 * The system of n unknowns from numbers that were read.
 *
 * @param decay - w, added to the diagonal of the matrix
 */
export function systemOf(
  numbers: ArrayLike<number>,
  right: ArrayLike<number>,
  decay: number,
  scaling: 'identity' | 'diagonal',
): System {
  const n = right.length;
  const a = matrix(n, n);
  a.data.set(numbers);
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) diagonal[i] = a.data[i * (n + 1)]! += decay;
  const least = 1e-6 * diagonal.reduce((largest, element) => Math.max(largest, element), 0);
  const scale = diagonal.map((element) => (scaling === 'identity' ? 1 : Math.max(element, least)));
  return { matrix: a, right: Float64Array.from(right), scale };
}

/** The solution of (A + λ·D)·x = −b; `null` where that matrix is not positive definite. */
export function solved({ matrix: a, right, scale }: System, damping: number): Float64Array | null {
  const n = right.length;
  const damped = matrix(n, n);
  damped.data.set(a.data);
  for (let i = 0; i < n; i++) damped.data[i * (n + 1)]! += damping * scale[i]!;
  const column = matrix(n, 1);
  column.data.set(right.map((element) => -element));
  const { data } = hostSolve(damped, column);
  return data.every(Number.isFinite) ? data : null;
}

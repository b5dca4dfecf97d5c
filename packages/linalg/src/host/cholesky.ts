// SPDX-License-Identifier: Apache-2.0

import { checkHostMatrix } from '../checks.js';
import { inWorkspace, pitch, type Workspace } from '../kernels/workspace.js';
import { checkSquare, matrix, undefinedMatrix, type Matrix } from './matrix.js';
import { hostTriangularSolve, solveInPlace } from './triangular.js';

/** Smaller matrices are factored element by element. */
const small = 16;

/** Rows that are updated together; what they have left of the diagonal block is computed in vain. */
const strip = 32;

/** A = Uᵀ·U: replaces the upper triangle at `a` by U. Returns whether A is positive definite. */
function factor(space: Workspace, a: number, row: number, n: number): boolean {
  const { kernels, data } = space;
  if (n > small) {
    const half = small * Math.ceil(n / (2 * small));
    const rest = n - half;
    const [right, second] = [a + half, a + half * row + half];
    if (!factor(space, a, row, half)) return false;
    solveInPlace(space, { at: a, row: 1, column: row, lower: true }, half, right, row, rest);
    for (let i = 0; i < rest; i += strip) {
      const height = Math.min(strip, rest - i);
      const [from, to] = [right + i, second + i * (row + 1)];
      kernels.gemm(height, rest - i, half, -1, from, 1, row, from, row, to, row);
    }
    return factor(space, second, row, rest);
  }
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = data[a + i * row + j]!;
      for (let k = 0; k < i; k++) sum -= data[a + k * row + i]! * data[a + k * row + j]!;
      if (j > i) data[a + i * row + j] = sum / data[a + i * row + i]!;
      else if (sum > 0 && sum < Infinity) data[a + i * row + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/**
 * A = L·Lᵀ for a symmetric positive definite matrix, in float64: L lower triangular with a positive diagonal.
 *
 * Only the lower triangle of A is read. A matrix that is not positive definite, or holds NaN, gives a matrix
 * of NaN.
 * @param a - [n, n]
 */
export function hostCholesky(a: Matrix): Matrix {
  checkSquare('hostCholesky', a);
  const n = a.rows;
  const row = pitch(n);
  const l = matrix(n, n);
  const isDefinite = inWorkspace(n * row, (space) => {
    const at = space.take(n * row);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) space.data[at + j * row + i] = a.data[i * n + j]!;
    if (!factor(space, at, row, n)) return false;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) l.data[i * n + j] = space.data[at + j * row + i]!;
    return true;
  });
  return isDefinite ? l : undefinedMatrix(n, n);
}

/**
 * The solution X of A·X = B for a symmetric positive definite matrix A, in float64; NaN where A is not
 * positive definite.
 * @param a - [n, n]
 * @param b - [n, m]
 */
export function hostSolve(a: Matrix, b: Matrix): Matrix {
  checkSquare('hostSolve', a);
  checkHostMatrix('hostSolve', 'b', b);
  const l = hostCholesky(a);
  return hostTriangularSolve(l, hostTriangularSolve(l, b), { transposed: true });
}

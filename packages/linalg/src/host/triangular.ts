// SPDX-License-Identifier: Apache-2.0

import { flag, resolveOptions, type OptionTable } from '@optim/options';
import { checkHostMatrix } from '../checks.js';
import { inWorkspace, pitch, type Workspace } from '../kernels/workspace.js';
import { checkSquare, matrix, type Matrix } from './matrix.js';

/** Options of {@link hostTriangularSolve} and of its form for tensors. */
export interface TriangularOptions {
  /**
   * Which triangle of T is read; the other one does not matter.
   * @defaultValue true: the lower one
   */
  lower?: boolean;
  /**
   * Solve Tᵀ·X = B in place of T·X = B.
   * @defaultValue false
   */
  transposed?: boolean;
}

export const triangularOptions: OptionTable<TriangularOptions> = {
  lower: /* #__PURE__ */ flag(true),
  transposed: /* #__PURE__ */ flag(false),
};

/** A triangular matrix in memory, whose elements may have any distance in both directions. */
export interface Triangle {
  at: number;
  row: number;
  column: number;
  lower: boolean;
}

/** Smaller systems are solved element by element. */
const small = 8;

/**
 * X ← T⁻¹·X for X [n, columns] at `x`: halves are solved one after the other, the products between them at
 * once.
 */
export function solveInPlace(
  space: Workspace,
  t: Triangle,
  n: number,
  x: number,
  xRow: number,
  columns: number,
): void {
  const { kernels, data } = space;
  const { at, row, column, lower } = t;
  if (n > small) {
    const half = small * Math.ceil(n / (2 * small));
    const rest = n - half;
    const [second, below] = [at + half * (row + column), x + half * xRow];
    const solveFirst = (): void => solveInPlace(space, t, half, x, xRow, columns);
    const solveSecond = (): void => solveInPlace(space, { ...t, at: second }, rest, below, xRow, columns);
    if (lower) {
      solveFirst();
      kernels.gemm(rest, columns, half, -1, at + half * row, row, column, x, xRow, below, xRow);
      solveSecond();
    } else {
      solveSecond();
      kernels.gemm(half, columns, rest, -1, at + half * column, row, column, below, xRow, x, xRow);
      solveFirst();
    }
    return;
  }
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    const to = x + i * xRow;
    for (let k = lower ? 0 : i + 1; k < (lower ? i : n); k++) {
      const factor = data[at + i * row + k * column]!;
      for (let j = 0; j < columns; j++) data[to + j]! -= factor * data[x + k * xRow + j]!;
    }
    const pivot = data[at + i * row + i * column]!;
    for (let j = 0; j < columns; j++) data[to + j]! /= pivot;
  }
}

/**
 * The solution X of T·X = B for a triangular matrix T, in float64. A zero on T's diagonal gives infinite
 * numbers or NaN.
 * @param t - [n, n]
 * @param b - [n, m]
 */
export function hostTriangularSolve(t: Matrix, b: Matrix, options: TriangularOptions = {}): Matrix {
  checkSquare('hostTriangularSolve', t, 't');
  checkHostMatrix('hostTriangularSolve', 'b', b);
  const { lower, transposed } = resolveOptions('hostTriangularSolve', triangularOptions, options);
  const n = t.rows;
  const { columns } = b;
  if (b.rows !== n) throw new RangeError(`hostTriangularSolve: b must have ${n} rows, got ${b.rows}`);
  const x = matrix(n, columns);
  const [tRow, xRow] = [pitch(n), pitch(columns)];
  inWorkspace(n * (tRow + xRow), (space) => {
    const [at, to] = [space.take(n * tRow), space.take(n * xRow)];
    for (let i = 0; i < n; i++) {
      space.data.set(t.data.subarray(i * n, (i + 1) * n), at + i * tRow);
      space.data.set(b.data.subarray(i * columns, (i + 1) * columns), to + i * xRow);
    }
    const [row, column] = transposed ? [1, tRow] : [tRow, 1];
    solveInPlace(space, { at, row, column, lower: lower !== transposed }, n, to, xRow, columns);
    for (let i = 0; i < n; i++) {
      x.data.set(space.data.subarray(to + i * xRow, to + i * xRow + columns), i * columns);
    }
  });
  return x;
}

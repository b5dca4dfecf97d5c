// SPDX-License-Identifier: Apache-2.0
// Householder reflections H = I − tau·v·vᵀ, one by one and in blocks: H₀·H₁⋯ = I − V·T·Vᵀ with an upper
// triangular T.

import type { Workspace } from '../kernels/workspace.js';

/** Reflections that are applied together. */
export const blockSize = 32;

/** Squares below this one lose digits; what is so small beside a matrix of size 1 counts as zero. */
const negligible = 1e-280;

/**
 * Makes the reflection that maps the `n` numbers at `at` to a multiple `beta` of the first unit vector. They
 * are replaced by v, whose first element is 1. Returns `[beta, tau]`.
 */
export function reflector({ data }: Workspace, at: number, n: number): [number, number] {
  const first = data[at]!;
  let rest = 0;
  for (let i = 1; i < n; i++) rest += data[at + i]! ** 2;
  data[at] = 1;
  if (rest < negligible) {
    data.fill(0, at + 1, at + n);
    return [first, 0];
  }
  const beta = first > 0 ? -Math.sqrt(first ** 2 + rest) : Math.sqrt(first ** 2 + rest);
  const scale = 1 / (first - beta);
  for (let i = 1; i < n; i++) data[at + i]! *= scale;
  return [beta, (beta - first) / beta];
}

/** Several reflections: v of each is a row of length `n`, the rows `row` apart; tau of each lies at `tau`. */
export interface Reflections {
  count: number;
  n: number;
  v: number;
  row: number;
  tau: number;
}

/** Memory that {@link applyBlock} needs for a matrix with `columns` columns. */
export const blockMemory = (columns: number): number => blockSize * (2 * columns + blockSize);

/**
 * M ← H₀·H₁⋯·M for a matrix M [n, columns] at `m`; or, `reversed`, ⋯H₁·H₀·M.
 * @param scratch - memory of {@link blockMemory}
 */
export function applyBlock(
  { kernels, data }: Workspace,
  { count, n, v, row, tau }: Reflections,
  m: number,
  mRow: number,
  columns: number,
  scratch: number,
  reversed: boolean,
): void {
  if (columns === 0) return;
  const t = scratch;
  const products = t + blockSize * blockSize;
  const combined = products + blockSize * columns;
  data.fill(0, t, combined + blockSize * columns);
  for (let j = 0; j < count; j++) {
    // Column j of T: −tau_j·T·(Vᵀ·v_j), above tau_j.
    kernels.dots(j, n, v, row, v + j * row, products);
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += data[t + i * count + k]! * data[products + k]!;
      data[t + i * count + j] = -data[tau + j]! * sum;
    }
    data[t + j * count + j] = data[tau + j]!;
  }
  data.fill(0, products, combined);
  kernels.gemm(count, columns, n, 1, v, row, 1, m, mRow, products, columns);
  const [tRow, tColumn] = reversed ? [1, count] : [count, 1];
  kernels.gemm(count, columns, count, 1, t, tRow, tColumn, products, columns, combined, columns);
  kernels.gemm(n, columns, count, -1, v, 1, row, combined, columns, m, mRow);
}

/**
 * The product H₀·H₁⋯ of all reflections, its first `columns` columns, written to zeros at `q`, whose rows are
 * `qRow` apart. v of the i-th reflection must be zero before element i + `shift`.
 */
export function accumulate(
  space: Workspace,
  { count, n, v, row, tau }: Reflections,
  q: number,
  qRow: number,
  columns: number,
  scratch: number,
  shift: number,
): void {
  for (let i = 0; i < Math.min(n, columns); i++) space.data[q + i * qRow + i] = 1;
  for (let at = Math.floor((count - 1) / blockSize) * blockSize; at >= 0; at -= blockSize) {
    const from = at + shift;
    const block = {
      count: Math.min(blockSize, count - at),
      n: n - from,
      v: v + at * row + from,
      row,
      tau: tau + at,
    };
    applyBlock(space, block, q + from * qRow + from, qRow, columns - from, scratch, false);
  }
}

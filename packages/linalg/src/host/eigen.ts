// SPDX-License-Identifier: Apache-2.0

import { inWorkspace, pitch, type Workspace } from '../kernels/workspace.js';
import { accumulate, blockMemory, reflector } from './householder.js';
import { checkSquare, matrix, scaleOf, undefinedMatrix, type Matrix } from './matrix.js';

/** Eigenvalues, largest first, and eigenvectors, the columns of a matrix in the same order. */
export interface Eigen {
  values: Float64Array;
  vectors: Matrix;
}

/** Sweeps for one eigenvalue; two are usual. */
const maxSweeps = 100;

/** Columns that all waiting rotations go through together, so that they stay in the cache. */
const stripe = 32;

/** An off-diagonal element this small beside a matrix of size 1 is nothing. */
const nothing = 1e-32;

/**
 * Reduces the symmetric matrix at `a` to tridiagonal form, whose diagonal goes to `d` and the elements beside
 * it to `e`, by reflections, whose vectors go to the rows of `v`. Rows are `pitched` numbers apart.
 */
function tridiagonalize(
  space: Workspace,
  n: number,
  a: number,
  pitched: number,
  d: Float64Array,
  e: Float64Array,
  v: number,
  tau: number,
): void {
  const { kernels, data } = space;
  // A − v·wᵀ − w·vᵀ is due for the last reflection, and made while A is multiplied with the next one's
  // vector.
  let last = space.take(n);
  const [w, y] = [space.take(n), space.take(n)];
  for (let k = 0; k < n; k++) {
    const row = a + k * pitched;
    const [vk, wk] = [data[last + k]!, data[w + k]!];
    for (let j = k; j < n; j++) data[row + j]! -= vk * data[w + j]! + wk * data[last + j]!;
    d[k] = data[row + k]!;
    const next = k + 1;
    const length = n - next;
    if (length === 0) break;
    const current = v + k * pitched;
    data.copyWithin(current + next, row + next, row + n);
    const [beta, t] = reflector(space, current + next, length);
    [e[k], data[tau + k]] = [beta, t];
    kernels.sweep(
      length,
      a + next * pitched + next,
      pitched,
      last + next,
      w + next,
      current + next,
      y + next,
    );
    let product = 0;
    for (let j = next; j < n; j++) product += data[y + j]! * data[current + j]!;
    const half = 0.5 * t * t * product;
    for (let j = next; j < n; j++) data[w + j] = t * data[y + j]! - half * data[current + j]!;
    last = current;
  }
}

/** Numbers that the rotations of several sweeps take. */
const rotationMemory = (n: number): number => 32 * n;

/**
 * Eigenvalues of a tridiagonal matrix, in place of its diagonal `d`, by implicit QL sweeps, whose rotations
 * are applied to the rows of `z`, `pitched` numbers apart. Returns whether all were found.
 */
function diagonalize(
  { kernels, data }: Workspace,
  n: number,
  d: Float64Array,
  e: Float64Array,
  z: number,
  pitched: number,
  cs: number,
): boolean {
  const waiting: { first: number; count: number; at: number }[] = [];
  let free = cs;
  const rotate = (): void => {
    for (let column = 0; column < n; column += stripe) {
      const width = Math.min(stripe, n - column);
      for (const { first, count, at } of waiting) {
        kernels.rotate(width, count, z + first * pitched + column, -pitched, at);
      }
    }
    waiting.length = 0;
    free = cs;
  };
  const isSmall = (i: number): boolean =>
    Math.abs(e[i]!) <= Number.EPSILON * (Math.abs(d[i]!) + Math.abs(d[i + 1]!)) + nothing;
  for (let l = 0; l < n; l++) {
    for (let sweeps = 0; ; sweeps++) {
      let m = l;
      while (m < n - 1 && !isSmall(m)) m++;
      if (m === l) break;
      if (sweeps === maxSweeps) return false;
      // The shift: the eigenvalue of the leading 2 x 2 block that is closer to d[l].
      const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      const root = Math.hypot(half, 1);
      let g = d[m]! - d[l]! + e[l]! / (half < 0 ? half - root : half + root);
      let [c, s, p, i] = [1, 1, 0, m - 1];
      for (; i >= l; i--) {
        const [f, b] = [s * e[i]!, c * e[i]!];
        const square = f * f + g * g;
        const r = square > 1e-280 ? Math.sqrt(square) : Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) break;
        [s, c] = [f / r, g / r];
        const from = d[i + 1]! - p;
        const t = (d[i]! - from) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = from + p;
        g = c * t - b;
        const at = free + 2 * (m - 1 - i);
        data[at] = c;
        data[at + 1] = s;
      }
      if (i >= l) {
        d[i + 1]! -= p;
      } else {
        d[l]! -= p;
        e[l] = g;
      }
      e[m] = 0;
      waiting.push({ first: m, count: m - 1 - i, at: free });
      free += 2 * (m - 1 - i);
      if (free - cs > rotationMemory(n) - 2 * n) rotate();
    }
  }
  rotate();
  return true;
}

/**
 * A = V·diag(w)·Vᵀ for a symmetric matrix, in float64, by reduction to tridiagonal form and implicit QL.
 *
 * The largest eigenvalue comes first. Of each eigenvector, a column of V, the element of largest magnitude
 * (the first of them) is positive. V is orthogonal to machine precision, also for repeated eigenvalues, whose
 * eigenvectors are some basis of their space. Of a matrix that is not symmetric, the symmetric part ½(A + Aᵀ)
 * is taken. NaN or infinite elements give NaN.
 * @param a - [n, n]
 * @returns w, of length n, and V [n, n]
 */
export function hostEigh(a: Matrix): Eigen {
  checkSquare('hostEigh', a);
  const n = a.rows;
  const vectors = matrix(n, n);
  const values = new Float64Array(n);
  const failed = (): Eigen => ({ values: new Float64Array(n).fill(NaN), vectors: undefinedMatrix(n, n) });
  const scale = scaleOf(a);
  if (Number.isNaN(scale)) return failed();
  const [d, e] = [new Float64Array(n), new Float64Array(n)];
  const pitched = pitch(n);
  const size = 3 * n * pitched + 4 * n + blockMemory(n) + rotationMemory(n);
  const isFound = inWorkspace(size, (space) => {
    const { data } = space;
    const [at, v] = [space.take(n * pitched), space.take(n * pitched)];
    const [tau, scratch, cs] = [space.take(n), space.take(blockMemory(n)), space.take(rotationMemory(n))];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const mean = 0.5 * scale * a.data[i * n + j]! + 0.5 * scale * a.data[j * n + i]!;
        data[at + i * pitched + j] = mean;
        data[at + j * pitched + i] = mean;
      }
    }
    tridiagonalize(space, n, at, pitched, d, e, v, tau);
    const q = space.take(n * pitched);
    accumulate(space, { count: n - 1, n, v, row: pitched, tau }, q, pitched, n, scratch, 1);
    // The rotations mix eigenvectors, which must lie in rows for that; A is needed no more.
    const z = at;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) data[z + j * pitched + i] = data[q + i * pitched + j]!;
    }
    if (!diagonalize(space, n, d, e, z, pitched, cs)) return false;
    const order = Array.from(d.keys()).sort((i, j) => d[j]! - d[i]!);
    for (const [j, from] of order.entries()) {
      values[j] = d[from]! / scale;
      const row = data.subarray(z + from * pitched, z + from * pitched + n);
      let largest = 0;
      for (let i = 1; i < n; i++) if (Math.abs(row[i]!) > Math.abs(row[largest]!)) largest = i;
      const sign = row[largest]! < 0 ? -1 : 1;
      for (let i = 0; i < n; i++) vectors.data[i * n + j] = sign * row[i]!;
    }
    return true;
  });
  return isFound ? { values, vectors } : failed();
}

// SPDX-License-Identifier: Apache-2.0

import { hostCholesky } from '../host/cholesky.js';
import { hostEigh } from '../host/eigen.js';
import { hostInverseRoot, rootOptions, type RootOptions } from '../host/inverse-root.js';
import { hostQR, qrOptions, type QROptions } from '../host/qr.js';
import { hostTriangularSolve, triangularOptions, type TriangularOptions } from '../host/triangular.js';
import { onHost, type HostFunction } from './on-host.js';

type Size = [rows: number, columns: number];

function square(name: string, [rows, columns]: Size): number {
  if (rows !== columns) throw new RangeError(`${name}: the matrix must be square, got ${rows} x ${columns}`);
  return rows;
}

/**
 * Eigenvalues w [n] and eigenvectors V [n, n] of a symmetric matrix: `[w, V]`, see {@link hostEigh}. Largest
 * eigenvalue first; the element of largest magnitude of each column of V is positive.
 */
export const eigh: HostFunction<Record<string, never>> = onHost({
  name: 'eigh',
  options: {},
  inputs: 1,
  shapes([size]) {
    const n = square('eigh', size!);
    return [[n], [n, n]];
  },
  compute([a]) {
    const { values, vectors } = hostEigh(a!);
    return [values, vectors.data];
  },
});

/** Q and R with A = Q·R: `[Q, R]`, see {@link hostQR}. The diagonal of R is not negative. */
export const qr: HostFunction<QROptions> = onHost({
  name: 'qr',
  options: qrOptions,
  inputs: 1,
  shapes([size], { complete }) {
    const [m, n] = size!;
    const k = complete ? m : Math.min(m, n);
    return [
      [m, k],
      [k, n],
    ];
  },
  compute([a], options) {
    const { q, r } = hostQR(a!, options);
    return [q.data, r.data];
  },
});

/**
 * The lower triangular L with A = L·Lᵀ: `[L]`, see {@link hostCholesky}. NaN where A is not positive
 * definite.
 */
export const cholesky: HostFunction<Record<string, never>> = onHost({
  name: 'cholesky',
  options: {},
  inputs: 1,
  shapes([size]) {
    const n = square('cholesky', size!);
    return [[n, n]];
  },
  compute: ([a]) => [hostCholesky(a!).data],
});

/** The solution X of T·X = B for tensors `[T, B]`, T triangular: `[X]`, see {@link hostTriangularSolve}. */
export const triangularSolve: HostFunction<TriangularOptions> = onHost({
  name: 'triangularSolve',
  options: triangularOptions,
  inputs: 2,
  shapes([t, b]) {
    const n = square('triangularSolve', t!);
    if (b![0] !== n) throw new RangeError(`triangularSolve: B must have ${n} rows, got ${b![0]}`);
    return [[...b!]];
  },
  compute: ([t, b], options) => [hostTriangularSolve(t!, b!, options).data],
});

/**
 * (A + ridge·I)^(−1/p) of a symmetric positive semidefinite matrix: `[root]`, see {@link hostInverseRoot}.
 */
export const inverseRoot: HostFunction<RootOptions> = onHost({
  name: 'inverseRoot',
  options: rootOptions,
  inputs: 1,
  shapes([size]) {
    const n = square('inverseRoot', size!);
    return [[n, n]];
  },
  compute: ([a], options) => [hostInverseRoot(a!, options).data],
});

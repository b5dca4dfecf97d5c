// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { matrix, type Matrix } from '../src/index.js';

/** Numbers in [-1, 1), always the same for one seed. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function filled(rows: number, columns: number, value: (i: number, j: number) => number): Matrix {
  const made = matrix(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) made.data[i * columns + j] = value(i, j);
  return made;
}

export const identity = (n: number): Matrix => filled(n, n, (i, j) => (i === j ? 1 : 0));

export const transposed = ({ rows, columns, data }: Matrix): Matrix =>
  filled(columns, rows, (i, j) => data[j * columns + i]!);

export function product(a: Matrix, ...others: Matrix[]): Matrix {
  const [b, ...rest] = others;
  if (b === undefined) return a;
  const made = filled(a.rows, b.columns, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += a.data[i * a.columns + k]! * b.data[k * b.columns + j]!;
    return sum;
  });
  return product(made, ...rest);
}

export const diagonal = (values: ArrayLike<number>): Matrix =>
  filled(values.length, values.length, (i, j) => (i === j ? values[i]! : 0));

export const largest = ({ data }: Matrix): number => data.reduce((a, x) => Math.max(a, Math.abs(x)), 0);

/** Largest difference of two matrices; NaN counts as infinite. */
export function difference(a: Matrix, b: Matrix): number {
  let most = 0;
  for (const [i, x] of a.data.entries()) {
    const by = Math.abs(x - b.data[i]!);
    if (!(by <= most)) most = Number.isNaN(by) ? Infinity : by;
  }
  return most;
}

/** An orthogonal matrix, a product of Householder reflections: what is tested takes no part in it. */
export function orthogonal(n: number, next: () => number): Matrix {
  let q = identity(n);
  for (let k = 0; k < 3; k++) {
    const v = Array.from({ length: n }, next);
    const square = v.reduce((a, x) => a + x * x, 0) || 1;
    q = product(
      q,
      filled(n, n, (i, j) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square),
    );
  }
  return q;
}

const kinds = [
  'random',
  'of low rank',
  'ill-conditioned',
  'of integers',
  'zero',
  'tiny',
  'huge',
  'graded',
] as const;

/** Matrices of many kinds, of a size up to `most`. */
export const matrices = (most: number): fc.Arbitrary<Matrix> =>
  fc
    .record({
      rows: fc.integer({ min: 0, max: most }),
      columns: fc.integer({ min: 0, max: most }),
      kind: fc.constantFrom(...kinds),
      seed: fc.integer(),
    })
    .map(({ rows, columns, kind, seed }) => {
      const next = random(seed);
      const any = (m: number, n: number): Matrix => filled(m, n, next);
      switch (kind) {
        case 'random':
          return any(rows, columns);
        case 'of low rank':
          return product(any(rows, 2), any(2, columns));
        case 'ill-conditioned':
          return product(
            orthogonal(rows, next),
            filled(rows, columns, (i, j) => (i === j ? 10 ** ((-12 * i) / Math.max(rows, columns)) : 0)),
            orthogonal(columns, next),
          );
        case 'of integers':
          return filled(rows, columns, () => Math.round(2 * next()));
        case 'zero':
          return matrix(rows, columns);
        case 'tiny':
          return filled(rows, columns, () => 1e-310 * next());
        case 'huge':
          return filled(rows, columns, () => 1e307 * next());
        case 'graded':
          return filled(rows, columns, (i, j) => next() * 10 ** (-8 * (i + j)));
      }
    });

/** Symmetric matrices of many kinds. */
export const symmetric = (most: number): fc.Arbitrary<Matrix> =>
  matrices(most).map((a) => {
    const n = Math.min(a.rows, a.columns);
    return filled(n, n, (i, j) => a.data[Math.min(i, j) * a.columns + Math.max(i, j)]!);
  });

/** Symmetric positive definite matrices with a condition number of 10^`digits`, and what they are made of. */
export const definite = (
  most: number,
  digits: number,
): fc.Arbitrary<{ a: Matrix; q: Matrix; values: number[] }> =>
  fc.record({ n: fc.integer({ min: 1, max: most }), seed: fc.integer() }).map(({ n, seed }) => {
    const q = orthogonal(n, random(seed));
    const values = Array.from({ length: n }, (_, i) => 10 ** ((-digits * i) / Math.max(1, n - 1)));
    const a = product(q, diagonal(values), transposed(q));
    return { a: filled(n, n, (i, j) => (a.data[i * n + j]! + a.data[j * n + i]!) / 2), q, values };
  });

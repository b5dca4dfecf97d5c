// SPDX-License-Identifier: Apache-2.0
// Decompositions of float64 matrices, against their definitions.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hostCholesky,
  hostEigh,
  hostInverseRoot,
  hostQR,
  hostSolve,
  hostTriangularSolve,
  matrix,
  type Matrix,
} from '../src/index.js';
import {
  definite,
  diagonal,
  difference,
  filled,
  identity,
  largest,
  matrices,
  product,
  random,
  symmetric,
  transposed,
} from './matrices.js';

const epsilon = Number.EPSILON;
const isNaNs = ({ data }: { data: Float64Array }): boolean => data.every((x) => Number.isNaN(x));
/** An element at random, replaced by something that is no number. */
const spoiled = (a: Matrix, at: number, by: number): Matrix => ({
  ...a,
  data: a.data.map((x, i) => (i === at % a.data.length ? by : x)),
});
const noNumbers = fc.constantFrom(NaN, Infinity, -Infinity);

/** Sums of elements up to 1.8e308 may overflow in the tests themselves. */
const normalized = (a: Matrix, by: number): Matrix => ({ ...a, data: a.data.map((x) => x / by) });

describe('hostQR', () => {
  it('gives Q with orthonormal columns and R upper triangular with A = Q·R', () => {
    fc.assert(
      fc.property(matrices(70), fc.boolean(), (a, complete) => {
        const { q, r } = hostQR(a, { complete });
        const k = complete ? a.rows : Math.min(a.rows, a.columns);
        const scale = largest(a) || 1;
        expect([q.rows, q.columns, r.rows, r.columns]).toEqual([a.rows, k, k, a.columns]);
        expect(difference(product(transposed(q), q), identity(k))).toBeLessThan(1e-14 * (10 + a.rows));
        // Tiny numbers are denormal: they have few digits.
        const digits = Math.max(1e-15 * (10 + a.rows + k), 5e-323 / scale);
        expect(difference(product(q, normalized(r, scale)), normalized(a, scale))).toBeLessThan(digits * 10);
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < Math.min(i, a.columns); j++) expect(r.data[i * a.columns + j]).toBe(0);
          if (i < a.columns) expect(r.data[i * a.columns + i]).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives known numbers', () => {
    const { q, r } = hostQR(matrix(3, 2, [3, 1, 0, 5, 4, 3]));
    const root = Math.sqrt(26);
    expect(difference(q, matrix(3, 2, [0.6, -0.8 / root, 0, 5 / root, 0.8, 0.6 / root]))).toBeLessThan(1e-15);
    expect(difference(r, matrix(2, 2, [5, 3, 0, root]))).toBeLessThan(1e-14);
  });

  it('answers NaN with NaN', () => {
    fc.assert(
      fc.property(matrices(40), fc.nat(), noNumbers, (a, at, by) => {
        fc.pre(a.data.length > 0);
        const { q, r } = hostQR(spoiled(a, at, by));
        expect([isNaNs(q), isNaNs(r)]).toEqual([true, true]);
      }),
    );
  });
});

describe('hostEigh', () => {
  it('gives an orthogonal V with A·V = V·diag(w), largest first', () => {
    fc.assert(
      fc.property(symmetric(70), (a) => {
        const { values, vectors } = hostEigh(a);
        const n = a.rows;
        const scale = largest(a) || 1;
        expect(difference(product(transposed(vectors), vectors), identity(n))).toBeLessThan(1e-14 * (10 + n));
        const scaled = normalized(a, scale);
        const right = product(vectors, diagonal(values.map((value) => value / scale)));
        const digits = Math.max(4e-15 * (10 + n), (5e-323 / scale) * (10 + n));
        expect(difference(product(scaled, vectors), right)).toBeLessThan(digits);
        expect([...values]).toEqual([...values].sort((x, y) => y - x));
        for (let j = 0; j < n; j++) {
          const column = Array.from({ length: n }, (_, i) => vectors.data[i * n + j]!);
          const most = Math.max(...column.map(Math.abs));
          expect(column.find((x) => Math.abs(x) === most)).toBe(most);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds known eigenvalues', () => {
    expect([...hostEigh(matrix(2, 2, [2, 1, 1, 2])).values]).toEqual(
      [3, 1].map((x) => expect.closeTo(x, 14)),
    );
    // Second differences: 2 − 2·cos(k·π/(n + 1)).
    const n = 50;
    const differences = filled(n, n, (i, j) => [2, -1][Math.abs(i - j)] ?? 0);
    const expected = Array.from({ length: n }, (_, k) => 2 + 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expect([...hostEigh(differences).values]).toEqual(expected.map((x) => expect.closeTo(x, 13)));
    // Wilkinson's matrix of 21 rows, with pairs that agree in up to 14 digits.
    const wilkinson = filled(21, 21, (i, j) => (i === j ? Math.abs(10 - i) : Math.abs(i - j) === 1 ? 1 : 0));
    const { values } = hostEigh(wilkinson);
    expect([values[0], values[1]]).toEqual(
      [10.74619418290339, 10.74619418290332].map((x) => expect.closeTo(x, 12)),
    );
    expect(values[20]).toBeCloseTo(-1.1254415221199, 12);
  });

  it('takes the symmetric part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (n, seed) => {
        const a = filled(n, n, random(seed));
        const part = filled(n, n, (i, j) => 0.5 * a.data[i * n + j]! + 0.5 * a.data[j * n + i]!);
        expect(hostEigh(a)).toEqual(hostEigh(part));
      }),
    );
  });

  it('answers NaN with NaN', () => {
    fc.assert(
      fc.property(symmetric(40), fc.nat(), noNumbers, (a, at, by) => {
        fc.pre(a.rows > 0);
        const { values, vectors } = hostEigh(spoiled(a, at, by));
        expect([isNaNs({ data: values }), isNaNs(vectors)]).toEqual([true, true]);
      }),
    );
  });
});

describe('hostCholesky', () => {
  it('gives a lower triangular L with A = L·Lᵀ, also of ill-conditioned matrices', () => {
    fc.assert(
      fc.property(definite(50, 12), ({ a }) => {
        const l = hostCholesky(a);
        expect(difference(product(l, transposed(l)), a)).toBeLessThan(1e-15 * (10 + a.rows));
        for (let i = 0; i < a.rows; i++) {
          expect(l.data[i * a.rows + i]).toBeGreaterThan(0);
          for (let j = i + 1; j < a.rows; j++) expect(l.data[i * a.rows + j]).toBe(0);
        }
      }),
    );
  });

  it('answers what is not positive definite with NaN', () => {
    fc.assert(
      fc.property(definite(40, 2), fc.nat(), fc.constantFrom(0, -1, NaN, Infinity), ({ a }, at, by) => {
        const i = at % a.rows;
        expect(isNaNs(hostCholesky(spoiled(a, i * a.rows + i, by)))).toBe(true);
      }),
    );
  });

  it('reads the lower triangle only', () => {
    expect([...hostCholesky(matrix(2, 2, [4, NaN, 2, 10])).data]).toEqual([2, 0, 1, 3]);
  });

  it('solves systems', () => {
    fc.assert(
      fc.property(definite(60, 4), fc.integer({ min: 0, max: 40 }), fc.integer(), ({ a }, columns, seed) => {
        const x = filled(a.rows, columns, random(seed));
        expect(difference(hostSolve(a, product(a, x)), x)).toBeLessThan(1e-10);
      }),
    );
  });
});

describe('hostTriangularSolve', () => {
  it('solves T·X = B and Tᵀ·X = B for both triangles', () => {
    const sizes = fc.record({ n: fc.integer({ min: 0, max: 60 }), columns: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.boolean(), fc.integer(), ({ n, columns }, lower, turned, seed) => {
        const next = random(seed);
        const t = filled(n, n, (i, j) => (i === j ? 2 + next() : (lower ? i > j : i < j) ? next() / 4 : 0));
        const x = filled(n, columns, next);
        const b = product(turned ? transposed(t) : t, x);
        // The other triangle does not matter.
        const full = filled(n, n, (i, j) => ((lower ? i < j : i > j) ? NaN : t.data[i * n + j]!));
        expect(difference(hostTriangularSolve(full, b, { lower, transposed: turned }), x)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('hostInverseRoot', () => {
  const powers = fc.constantFrom(1, 2, 3, 4, 8);

  it('gives X with Xᵖ·A = I', () => {
    fc.assert(
      fc.property(definite(40, 3), powers, ({ a }, power) => {
        const x = hostInverseRoot(a, { power });
        expect(x).toEqual(transposed(x));
        expect(
          difference(product(...([...Array(power).fill(x), a] as [Matrix])), identity(a.rows)),
        ).toBeLessThan(1e-9);
      }),
    );
  });

  it('is as good as can be for a condition number of 1e12', () => {
    fc.assert(
      fc.property(definite(40, 12), powers, ({ a, q, values }, power) => {
        const exact = product(q, diagonal(values.map((value) => value ** (-1 / power))), transposed(q));
        const error = difference(hostInverseRoot(a, { power }), exact) / largest(exact);
        expect(error).toBeLessThan(1e12 * epsilon * (10 + a.rows));
      }),
    );
  });

  it('adds ridges, and knows no eigenvalue below them', () => {
    const root = (a: Matrix, options: object): number[] => [
      ...hostInverseRoot(a, { power: 2, ...options }).data,
    ];
    expect(root(diagonal([3, 0]), { ridge: 1 })).toEqual([0.5, 0, 0, 1].map((x) => expect.closeTo(x, 14)));
    expect(root(diagonal([3, -1e-9]), { ridge: 1 })).toEqual(
      [0.5, 0, 0, 1].map((x) => expect.closeTo(x, 14)),
    );
    expect(root(diagonal([1, 0]), { relativeRidge: 0.25 })[3]).toBeCloseTo(2, 14);
    expect(root(diagonal([0, 0]), { relativeRidge: 1 })[0]! / 1e25 ** 0.5).toBeCloseTo(1, 14);
    expect(isNaNs(hostInverseRoot(diagonal([1, 0]), { power: 2 }))).toBe(true);
    expect(isNaNs(hostInverseRoot(diagonal([1, NaN]), { power: 2, ridge: 1 }))).toBe(true);
    expect(hostInverseRoot(matrix(0, 0), { power: 2 }).data.length).toBe(0);
  });
});

it('refuses shapes and options that make no sense', () => {
  const a = matrix(2, 3);
  expect(() => hostEigh(a)).toThrow(new RangeError('hostEigh: the matrix must be square, got 2 x 3'));
  expect(() => hostCholesky(a)).toThrow('hostCholesky: the matrix must be square, got 2 x 3');
  expect(() => hostTriangularSolve(a, a)).toThrow(
    'hostTriangularSolve: the matrix must be square, got 2 x 3',
  );
  expect(() => hostTriangularSolve(matrix(3, 3), a)).toThrow(
    'hostTriangularSolve: b must have 3 rows, got 2',
  );
  expect(() => hostInverseRoot(matrix(2, 2), { power: 0 })).toThrow(
    'hostInverseRoot: power must be in (0, ∞), got 0',
  );
  expect(() => hostInverseRoot(matrix(2, 2), { power: 2, ridge: -1 })).toThrow(
    'hostInverseRoot: ridge must be in [0, ∞), got -1',
  );
  expect(() => matrix(2, 2, [1])).toThrow('matrix: data must have 2 x 2 numbers, got 1');
});

// SPDX-License-Identifier: Apache-2.0
// What runs on the device by matrix products alone, on every backend.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import {
  coupledNewtonRoot,
  hostCholesky,
  hostQR,
  inverseCholesky,
  jacobi,
  largestEigenvalue,
  matrix,
  matrixExponential,
  newtonSchulz,
  newtonSchulzSteps,
  orthonormalize,
  triangularInverse,
  type Matrix,
  type NewtonSchulzOptions,
} from '../src/index.js';
import {
  diagonal,
  difference,
  filled,
  identity,
  largest,
  orthogonal,
  product,
  random,
  transposed,
} from './matrices.js';
import { applied, read, rounded, tensor } from './tensors.js';

const next = random(3);

/** U·diag(values)·Vᵀ, [m, n]. */
const withSingularValues = (u: Matrix, values: number[], v: Matrix): Matrix =>
  product(
    u,
    filled(u.rows, v.rows, (i, j) => (i === j ? values[i]! : 0)),
    transposed(v),
  );

const withEigenvalues = (q: Matrix, values: number[]): Matrix => product(q, diagonal(values), transposed(q));

describe('newtonSchulz', () => {
  it.each<[number, number, NewtonSchulzOptions]>([
    [7, 4, {}],
    [4, 7, {}],
    [5, 5, { coefficients: 'quintic' }],
    [20, 3, { coefficients: 'polarExpress', steps: 8, epsilon: 0 }],
    [6, 8, { coefficients: [1.5, -0.5, 0], steps: 3 }],
    [1, 6, {}],
    [6, 1, {}],
  ])('maps the singular values of %j x %j with %j', async (m, n, options) => {
    const [u, v] = [orthogonal(m, next), orthogonal(n, next)];
    const values = Array.from({ length: Math.min(m, n) }, (_, i) => 3 * 0.7 ** i);
    const { steps, safety } = newtonSchulzSteps(options.coefficients, options.steps);
    const norm = Math.hypot(...values) * safety + (options.epsilon ?? 1e-7);
    const images = values.map((value) =>
      steps.reduce((x, [a, b, c]) => a * x + b * x ** 3 + c * x ** 5, value / norm),
    );
    const [y] = await applied((x) => newtonSchulz(x, options), withSingularValues(u, values, v));
    expect(difference(y!, withSingularValues(u, images, v))).toBeLessThan(1e-5);
  });

  it('takes a batch, and leaves zeros as they are', async () => {
    const a = filled(3, 2, next);
    const [zero, first] = await applied((x) => newtonSchulz(x, { epsilon: 0 }), matrix(3, 2), a);
    const [alone] = await applied((x) => newtonSchulz(x, { epsilon: 0 }), a);
    expect(largest(zero!)).toBe(0);
    expect(difference(first!, alone!)).toBeLessThan(1e-6);
  });
});

describe('jacobi', () => {
  it.each([
    [[2]],
    [[3, 1]],
    [[5, 3, 1]],
    [[4, 4, 1, 0, 0, -2]],
    [[1e6, 900, 800, 700, 1, 0.5, 0.1]],
    [Array.from({ length: 20 }, (_, i) => 20 - i)],
  ])('has the eigenvalues %j and their eigenvectors', async (values) => {
    const a = withEigenvalues(orthogonal(values.length, next), values);
    const [eigenvalues, vectors] = tf.tidy(() => jacobi(tensor(a)));
    const got = [...(await eigenvalues.data())];
    eigenvalues.dispose();
    got.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(3e-6 * values[0]!));
    const [v] = await read(vectors);
    expect(difference(product(transposed(v!), v!), identity(values.length))).toBeLessThan(1e-5);
    const scale = Math.max(...values.map(Math.abs));
    expect(difference(product(product(transposed(v!), a), v!), diagonal(values))).toBeLessThan(1e-5 * scale);
  });

  it('takes zeros', async () => {
    const [values, vectors] = tf.tidy(() => jacobi(tf.zeros([3, 3])));
    expect([...(await values.data())]).toEqual([0, 0, 0]);
    values.dispose();
    const [v] = await read(vectors);
    expect(difference(product(transposed(v!), v!), identity(3))).toBe(0);
  });
});

describe('largestEigenvalue', () => {
  it('is as close as it says', async () => {
    const spectra = [[5, 4.9, 1], [1, 1, 1], [1e-20, 1e-30, 0], [3e20, 2e20, 1e10], [0, 0, 0]]; // prettier-ignore
    const found = await applied(
      (x) => largestEigenvalue(x),
      ...spectra.map((values) => withEigenvalues(orthogonal(3, next), values)),
    );
    for (const [i, [largest]] of spectra.entries()) {
      const value = found[i]!.data[0]!;
      expect(value).toBeLessThanOrEqual(largest! * (1 + 1e-5));
      expect(value).toBeGreaterThanOrEqual(largest! * (1 - Math.log(3) / 2 ** 9 - 1e-5));
    }
  });
});

describe('coupledNewtonRoot', () => {
  const spectrum = (n: number, digits: number): number[] =>
    Array.from({ length: n }, (_, i) => 7 * 10 ** ((-digits * i) / (n - 1)));

  it.each([
    [1, 3],
    [2, 3],
    [3, 4],
    [4, 6],
    [8, 6],
  ])('finds the root of order %j for a condition number of 1e%j', async (power, digits) => {
    const q = orthogonal(9, next);
    const values = spectrum(9, digits);
    const exact = withEigenvalues(q, values.map((value) => value ** (-1 / power))); // prettier-ignore
    const x = tensor(withEigenvalues(q, values));
    const [root, residual] = coupledNewtonRoot(x, { power });
    x.dispose();
    const [[found], [error]] = [await read(root), await read(residual)];
    expect(error!.data[0]).toBeLessThan(1e-3);
    // The smallest eigenvalue of a float32 matrix is good to 6e-8·10^digits.
    expect(difference(found!, exact) / largest(exact)).toBeLessThan(2e-6 + (5e-7 * 10 ** digits) / power);
  });

  it('adds ridges, and takes a batch', async () => {
    const q = orthogonal(4, next);
    const scale = [1, 1e-12];
    const values = [4, 1, 0, 0];
    const x = tensor(...scale.map((by) => withEigenvalues(q, values.map((value) => value * by)))); // prettier-ignore
    const [root, residual] = coupledNewtonRoot(x, { power: 2, relativeRidge: 0.01 });
    x.dispose();
    const found = await read(root);
    expect(Math.max(...(await read(residual)).map(largest))).toBeLessThan(1e-4);
    for (const [i, by] of scale.entries()) {
      const exact = withEigenvalues(q, values.map((value) => ((value + 0.04) * by) ** -0.5)); // prettier-ignore
      expect(difference(found[i]!, exact) / largest(exact)).toBeLessThan(2e-3); // λmax is an estimate
    }
    const ridged = tensor(matrix(2, 2));
    const [plain, zero] = coupledNewtonRoot(ridged, { power: 2, ridge: 0.25 });
    ridged.dispose();
    expect(difference((await read(plain))[0]!, diagonal([2, 2]))).toBeLessThan(1e-5);
    expect(largest((await read(zero))[0]!)).toBeLessThan(1e-5);
  });

  it('tells by the residual when there is no root', async () => {
    const x = tensor(diagonal([1, -1]), diagonal([1, NaN]), diagonal([1, 0]));
    const [root, residual] = coupledNewtonRoot(x, { power: 4 });
    tf.dispose([x, root]);
    const found = (await read(residual)).map(({ data }) => data[0]!);
    expect(found.map((error) => !(error < 0.5))).toEqual([true, true, true]);
  });
});

describe('triangular matrices', () => {
  // Software takes a second and more for the programs of a size.
  const sizes = inject('backend').startsWith('web') ? [1, 3, 16] : [1, 2, 3, 7, 16, 21];

  it.each(sizes)('triangularInverse of %j rows', async (n) => {
    const lower = filled(n, n, (i, j) => (i === j ? 1.5 + next() / 2 : i > j ? next() / 2 : 9));
    const triangle = filled(n, n, (i, j) => (i >= j ? lower.data[i * n + j]! : 0));
    const [found] = await applied((x) => triangularInverse(x), lower);
    expect(difference(product(triangle, found!), identity(n))).toBeLessThan(2e-5);
    const [turned] = await applied((x) => triangularInverse(x, false), transposed(lower));
    expect(difference(turned!, transposed(found!))).toBeLessThan(2e-5);
  });

  it.each(sizes)('inverseCholesky of %j rows', async (n) => {
    const b = filled(n, n + 2, next);
    const a = rounded(product(b, transposed(b)));
    for (let i = 0; i < n; i++) a.data[i * n + i]! += 0.1;
    const [w] = await applied((x) => inverseCholesky(x), a);
    expect(difference(product(w!, hostCholesky(a)), identity(n))).toBeLessThan(2e-4);
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(w!.data[i * n + j]).toBe(0);
  });

  it('orthonormalize gives the Q of qr', async () => {
    const tall = [filled(12, 5, next), filled(12, 5, (_, j) => next() * 10 ** (4 * j - 8))];
    const found = await applied((x) => orthonormalize(x), ...tall);
    for (const [i, q] of found.entries()) {
      expect(difference(q, hostQR(tall[i]!).q)).toBeLessThan(5e-5);
      expect(difference(product(transposed(q), q), identity(5))).toBeLessThan(2e-6);
    }
  });

  it('orthonormalize survives dependent columns', async () => {
    const [q] = await applied((x) => orthonormalize(x), matrix(3, 3, [1, 0, 2, 1, 0, 0, 1, 0, 0]));
    const expected = matrix(3, 3, [
      3 ** -0.5,
      0,
      2 * 6 ** -0.5,
      3 ** -0.5,
      0,
      -(6 ** -0.5),
      3 ** -0.5,
      0,
      -(6 ** -0.5),
    ]);
    expect(difference(q!, expected)).toBeLessThan(1e-5);
  });
});

describe('matrixExponential', () => {
  it('rotates', async () => {
    const angle = 2.5;
    const [r] = await applied((x) => matrixExponential(x), matrix(2, 2, [0, -angle, angle, 0]));
    const expected = matrix(2, 2, [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)]);
    expect(difference(r!, expected)).toBeLessThan(1e-6);
  });

  it('is orthogonal for skew-symmetric matrices, and has known diagonals', async () => {
    const a = filled(8, 8, next);
    const skew = filled(8, 8, (i, j) => a.data[i * 8 + j]! - a.data[j * 8 + i]!);
    const [r] = await applied((x) => matrixExponential(x), skew);
    // Each of the four squarings doubles an error, the first of which is that of a sum of eight products.
    expect(difference(product(r!, transposed(r!)), identity(8))).toBeLessThan(
      2 ** 4 * Math.sqrt(8) * 2 ** -23,
    );
    const q = orthogonal(3, next);
    const [e] = await applied((x) => matrixExponential(x), withEigenvalues(q, [1, -2, 0.5]));
    const bound = Math.E * 2 ** 4 * Math.sqrt(3) * 2 ** -23;
    expect(difference(e!, withEigenvalues(q, [1, -2, 0.5].map(Math.exp)))).toBeLessThan(bound);
  });

  it('has a gradient', async () => {
    // d/dt tr(exp(X + t·D)) at 0 is tr(exp(X)·D) for every D: the gradient of the trace is exp(X)ᵀ.
    const a = filled(3, 3, next);
    const [gradient] = await applied(
      (x) => tf.grad((y: tf.Tensor) => tf.sum(tf.mul(matrixExponential(y), tf.eye(3))))(x),
      a,
    );
    const [e] = await applied((x) => matrixExponential(x), a);
    expect(difference(gradient!, transposed(e!))).toBeLessThan(5e-6);
  });
});

it('takes what TensorFlow.js made, whatever its textures hold beyond an odd edge', async () => {
  const numbers = product(identity(3), withEigenvalues(orthogonal(3, next), [1, 2, 3]));
  const functions: ((x: tf.Tensor) => tf.Tensor)[] = [
    newtonSchulz,
    largestEigenvalue,
    (x) => coupledNewtonRoot(x, { power: 2 })[0],
    inverseCholesky,
    orthonormalize,
    matrixExponential,
    triangularInverse,
    (x) => jacobi(x)[0],
  ];
  for (const f of functions) {
    const [clean, dirty] = tf.tidy(() => {
      const x = tensor(numbers);
      // By way of a product, so that TensorFlow.js adds on the device.
      return [f(x), f(tf.add(tf.matMul(tf.eye(3), tf.sub(x, 1)), 1))];
    });
    const [want, got] = [await clean!.data(), await dirty!.data()];
    expect([...got]).toEqual([...want].map((value) => expect.closeTo(value, 4)));
    tf.dispose([clean!, dirty!]);
  }
});

it('refuses shapes and options that make no sense', () => {
  const [wide, square, vector] = [tf.ones([2, 3]), tf.eye(2), tf.ones([3])];
  const isSquare = (name: string): RangeError =>
    new RangeError(`${name}: a square matrix is wanted, got shape [2, 3]`);
  expect(() => newtonSchulz(vector)).toThrow('newtonSchulz: a matrix is wanted, got shape [3]');
  expect(() => newtonSchulz(wide, { epsilon: -1 })).toThrow(
    'newtonSchulz: epsilon must be in [0, ∞), got -1',
  );
  expect(() => largestEigenvalue(wide)).toThrow(isSquare('largestEigenvalue'));
  expect(() => coupledNewtonRoot(wide, { power: 2 })).toThrow(isSquare('coupledNewtonRoot'));
  expect(() => coupledNewtonRoot(square, { power: 1.5 })).toThrow(
    'coupledNewtonRoot: power must be an integer in [1, 1000], got 1.5',
  );
  expect(() => coupledNewtonRoot(square, { power: 2, iterations: 0 })).toThrow(
    'coupledNewtonRoot: iterations must be an integer in [1, 1000], got 0',
  );
  expect(() => triangularInverse(wide)).toThrow(isSquare('triangularInverse'));
  expect(() => inverseCholesky(wide)).toThrow(isSquare('inverseCholesky'));
  expect(() => matrixExponential(wide)).toThrow(isSquare('matrixExponential'));
  expect(() => orthonormalize(wide)).toThrow(
    'orthonormalize: at least as many rows as columns are wanted, got 2 x 3',
  );
  tf.dispose([wide, square, vector]);
});

// SPDX-License-Identifier: Apache-2.0

import { kernelFor, matMul, trace, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import {
  alongAxis,
  axesOf,
  axisSlots,
  eigenvectors,
  gram,
  identity,
  matrixRoot,
  orthogonalFactor,
  sorted,
  type Axis,
} from '../src/index.js';

type Inputs = Record<string, { shape: number[]; values: number[] }>;

/** The only result of a formula. */
async function resultOf(
  inputs: Inputs,
  formula: (tensors: Record<string, Expression>) => Expression,
): Promise<number[]> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const program = trace('formula', shapes, [], (tensors) => ({ y: formula(tensors) }));
  const tensors = program.inputs.map((at) => {
    const { shape, values } = inputs[program.nodes[at]!.name!]!;
    return tf.tensor(values, shape);
  });
  try {
    const [y] = kernelFor(program).run(tensors, []);
    const read = [...(await y!.data())];
    y!.dispose();
    return read;
  } finally {
    tf.dispose(tensors);
  }
}

const close = (numbers: readonly number[]): number[] => numbers.map((n) => expect.closeTo(n, 4) as number);

const numbers = (count: number, factor: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(factor * (i + 1)));

describe.each([[[3]], [[3, 4]], [[2, 3, 4]], [[2, 3, 2, 4]]])('of shape %j', (shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const x = { shape, values: numbers(size, 1.7) };
  /** Places of the elements whose other indices are the same, for each of these. */
  const lines = (axis: Axis): number[][] => {
    const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const starts = [...Array(size).keys()].filter((at) => Math.floor(at / after) % (shape[axis] ?? 1) === 0);
    return starts.map((start) => Array.from({ length: shape[axis]! }, (_, i) => start + i * after));
  };

  it.each(axesOf(shape))('multiplies along axis %i, and sums products along it', async (axis) => {
    const d = shape[axis]!;
    const F = { shape: [d, d], values: numbers(d * d, 0.9) };
    for (const transposed of [false, true]) {
      const want = numbers(size, 0);
      const products = numbers(d * d, 0);
      for (const line of lines(axis))
        for (let i = 0; i < d; i++)
          for (let j = 0; j < d; j++) {
            want[line[i]!]! += F.values[transposed ? j * d + i : i * d + j]! * x.values[line[j]!]!;
            products[i * d + j]! += x.values[line[i]!]! * x.values[line[j]!]!;
          }
      const got = await resultOf({ x, F }, (t) => alongAxis(t['x']!, axis, t['F']!, transposed));
      expect(got).toEqual(close(want));
      expect(await resultOf({ x }, (t) => gram(t['x']!, axis))).toEqual(close(products));
      const diagonal = products.filter((_, at) => at % (d + 1) === 0);
      expect(await resultOf({ x }, (t) => gram(t['x']!, axis, true))).toEqual(close(diagonal));
    }
  });

  it.each(axesOf(shape))('multiplies axis %i by a diagonal', async (axis) => {
    const F = { shape: [shape[axis]!], values: [2, -1, 3, 0.5].slice(0, shape[axis]) };
    const want = [...x.values];
    for (const line of lines(axis)) line.forEach((at, i) => (want[at]! *= F.values[i]!));
    expect(await resultOf({ x, F }, (t) => alongAxis(t['x']!, axis, t['F']!))).toEqual(close(want));
  });
});

describe('axisSlots', () => {
  it('has one for each axis that is to have one', async () => {
    const slots = axisSlots('Q', ([a, b]) => [[a!, a!], null, [b!]], identity);
    const first = (name: keyof typeof slots): Promise<number[]> =>
      resultOf({ p: { shape: [2, 3], values: numbers(6, 1) } }, ({ p }) => slots[name](p!) ?? p!.sum());
    expect(await first('Q0')).toEqual([1, 0, 0, 1]);
    expect(await first('Q1')).toHaveLength(1);
    expect(await first('Q2')).toEqual([1, 1, 1]);
    expect(Object.keys(slots)).toEqual(['Q0', 'Q1', 'Q2', 'Q3', 'Q4', 'Q5']);
  });
});

describe('matrixRoot', () => {
  it('takes roots of matrices, and of diagonals element by element', async () => {
    const A = { shape: [2, 2], values: [2.5, 1.5, 1.5, 2.5] }; // eigenvalues 4 and 1
    expect(await resultOf({ A }, (t) => matrixRoot(t['A']!, 2, 0))).toEqual(
      close([0.75, -0.25, -0.25, 0.75]),
    );
    const d = { shape: [3], values: [0, 15, 80] };
    expect(await resultOf({ d }, (t) => matrixRoot(t['d']!, 4, 1))).toEqual(close([1, 0.5, 1 / 3]));
  });

  it.skipIf(inject('backend') === 'webgpu')('refuses what is not finite', async () => {
    const A = { shape: [2, 2], values: [1, NaN, NaN, 1] };
    await expect(resultOf({ A }, (t) => matrixRoot(t['A']!, 2, 1))).rejects.toThrow(
      new RangeError('matrixRoot: the statistics must be finite, got NaN or infinite ones'),
    );
  });
});

describe('bases', () => {
  const A = { shape: [2, 2], values: [2.5, 1.5, 1.5, 2.5] };
  const h = Math.SQRT1_2;

  it('are eigenvectors, that of the largest eigenvalue first', async () => {
    const projections = await resultOf({ A }, (t) => {
      const Q = eigenvectors(t['A']!);
      return matMul(Q, matMul(t['A']!, Q), true);
    });
    expect(projections).toEqual(close([4, 0, 0, 1]));
  });

  it('are orthogonal factors, also of what has columns of zeros', async () => {
    const near = { shape: [2, 2], values: [h, -h, h, h] };
    const factor = (values: number[]): Promise<number[]> =>
      resultOf({ A: { shape: [2, 2], values }, near }, (t) => {
        const Q = orthogonalFactor(t['A']!, t['near']!);
        return matMul(Q, Q, true);
      });
    expect(await factor([3, 1, 4, 2])).toEqual(close([1, 0, 0, 1]));
    expect(await factor([3, 0, 3, 0])).toEqual(close([1, 0, 0, 1]));
    expect(await factor([0, 0, 0, 0])).toEqual(close([1, 0, 0, 1]));
    const x = { shape: [2, 2], values: [3, 1, 4, 2] };
    const Q = await resultOf({ x, near }, (t) => orthogonalFactor(t['x']!, t['near']!));
    expect(Q).toEqual(close([0.6, -0.8, 0.8, 0.6]));
  });

  it('are sorted by keys', async () => {
    const x = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };
    const keys = { shape: [1, 3], values: [0, 7, 1] };
    const got = await resultOf({ x, keys }, (t) => sorted(t['x']!, 1, t['keys']!));
    expect(got).toEqual([2, 3, 1, 5, 6, 4]);
  });
});

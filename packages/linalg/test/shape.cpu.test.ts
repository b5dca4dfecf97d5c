// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aroundAxis,
  blocksOf,
  eigh,
  hostEigh,
  jacobi,
  matrix,
  matrixShape,
  mergeAxesUpTo,
  mergeSmallAxes,
  newtonSchulz,
  newtonSchulzPresets,
  newtonSchulzSteps,
  qr,
  type NewtonSchulzCoefficients,
  type Shape,
} from '../src/index.js';

const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

describe('shapes', () => {
  it.each<[Shape, [number, number]]>([
    [[], [1, 1]],
    [[5], [5, 1]],
    [
      [3, 4],
      [3, 4],
    ],
    [
      [3, 3, 8, 16],
      [72, 16],
    ],
    [
      [0, 4],
      [0, 4],
    ],
  ])('%j as a matrix is %j', (shape, expected) => {
    expect(matrixShape(shape)).toEqual(expected);
  });

  it.each<[Shape, number, number[]]>([
    [[2, 2, 3, 4], 4, [4, 3, 4]],
    [[2, 2, 3, 4], 12, [12, 4]],
    [[2, 2, 3, 4], 1, [2, 2, 3, 4]],
    [[1, 1], 4, [1]],
    [[], 4, [1]],
    [[5, 1, 3], 4, [5, 3]],
    [[7], 4, [7]],
  ])('small axes of %j up to %j merge to %j', (shape, limit, expected) => {
    expect(mergeSmallAxes(shape, limit)).toEqual(expected);
  });

  it.each<[Shape, number, number[]]>([
    [[2, 2, 3, 4], 4, [4, 3, 4]],
    [[5, 2, 2], 4, [5, 4]],
    [[5, 6, 2], 4, [5, 6, 2]],
    [[2, 5, 3], 4, [2, 5, 3]],
    [[1, 1], 4, [1]],
    [[9], 4, [9]],
    [[], 4, []],
  ])('as SOAP does it, axes of %j up to %j merge to %j', (shape, limit, expected) => {
    expect(mergeAxesUpTo(shape, limit)).toEqual(expected);
  });

  it('keep the number of elements when merged, and no pair that would still fit', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 50 }), (shape, limit) => {
        const merged = mergeSmallAxes(shape, limit);
        expect(sizeOf(merged)).toBe(sizeOf(shape));
        expect(sizeOf(mergeAxesUpTo(shape, limit))).toBe(sizeOf(shape));
        for (const length of merged) expect(length <= limit || shape.includes(length)).toBe(true);
      }),
    );
  });

  it('are cut into blocks that cover each element once', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 5 }), (shape, blockSize) => {
        const blocks = blocksOf(shape, blockSize);
        expect(blocks.reduce((sum, { size }) => sum + sizeOf(size), 0)).toBe(sizeOf(shape));
        const seen = new Set(blocks.map(({ begin }) => begin.join()));
        expect(seen.size).toBe(blocks.length);
        const fits = blocks.every(({ begin, size }) =>
          size.every((n, i) => n <= (blockSize || Infinity) && begin[i]! + n <= shape[i]!),
        );
        expect(fits).toBe(true);
      }),
    );
    expect(blocksOf([5, 2], 4)).toEqual([
      { begin: [0, 0], size: [4, 2] },
      { begin: [4, 0], size: [1, 2] },
    ]);
    expect(blocksOf([3], 0)).toEqual([{ begin: [0], size: [3] }]);
  });

  it('around an axis', () => {
    expect([0, 1, 2].map((axis) => aroundAxis([2, 3, 4], axis))).toEqual([
      [1, 2, 12],
      [2, 3, 4],
      [6, 4, 1],
    ]);
  });

  it('refuses what makes no sense', () => {
    expect(() => aroundAxis([2, 3], 2)).toThrow(
      new RangeError('aroundAxis: axis must be an integer in [0, 2), got 2'),
    );
    expect(() => mergeSmallAxes([2], 0)).toThrow('mergeSmallAxes: limit must be in [1, ∞], got 0');
    expect(() => mergeAxesUpTo([2], NaN)).toThrow('mergeAxesUpTo: limit must be in [1, ∞], got NaN');
    expect(() => blocksOf([2], 1.5)).toThrow('blocksOf: blockSize must be an integer in [0, ∞), got 1.5');
  });
});

describe('Newton–Schulz coefficients', () => {
  /** What the steps make of a singular value. */
  const mapped = (coefficients: NewtonSchulzCoefficients, steps: number, value: number): number =>
    newtonSchulzSteps(coefficients, steps).steps.reduce(
      (x, [a, b, c]) => a * x + b * x ** 3 + c * x ** 5,
      value / newtonSchulzSteps(coefficients, steps).safety,
    );
  const values = Array.from({ length: 200 }, (_, i) => 10 ** (-2 + i / 99.5));

  it.each<[NewtonSchulzCoefficients, number, number, number]>([
    ['original', 5, 0.68, 1.21],
    ['quintic', 5, 0.8, 1.2],
    ['polarExpress', 5, 0.85, 1.15],
    ['polarExpress', 8, 1 - 1e-6, 1 + 1e-6],
  ])('%s brings singular values from 0.01 to 1 near 1 in %j steps', (coefficients, steps, low, high) => {
    const images = values.map((value) => mapped(coefficients, steps, Math.min(value, 1)));
    expect(Math.min(...images)).toBeGreaterThan(low);
    expect(Math.max(...images)).toBeLessThan(high);
  });

  it('takes the first of a long list, and repeats the last of a short one', () => {
    const list = newtonSchulzPresets.polarExpress.steps;
    expect(newtonSchulzSteps('polarExpress', 2)).toEqual({ steps: [list[0], list[1]], safety: 1.02 });
    expect(newtonSchulzSteps([1, 2, 3], 2).steps).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(
      newtonSchulzSteps(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        3,
      ).steps.map(([a]) => a),
    ).toEqual([1, 4, 4]);
  });

  it('refuses what makes no sense', () => {
    const steps = (coefficients: unknown, count?: number) => () =>
      newtonSchulzSteps(coefficients as NewtonSchulzCoefficients, count);
    expect(steps('original', 0)).toThrow('newtonSchulzSteps: steps must be an integer in [1, 1000], got 0');
    const wanted =
      'newtonSchulzSteps: coefficients must be one of original, quintic, polarExpress, three finite numbers, or a list of such, got ';
    expect(steps('toString')).toThrow(new TypeError(`${wanted}"toString"`));
    expect(steps([1, 2])).toThrow(`${wanted}[1, 2]`);
    expect(steps([])).toThrow(`${wanted}[]`);
    expect(steps([1, NaN, 2])).toThrow(`${wanted}[1, NaN, 2]`);
  });
});

it('what is no tensor, shape, matrix or option is refused by function and argument', () => {
  const x = tf.eye(2);
  const cases: [() => unknown, string][] = [
    [() => newtonSchulz(5 as never), 'newtonSchulz: x must be a tensor of numbers, got 5'],
    [() => eigh([x, null] as never), 'eigh: tensors[1] must be a tensor of numbers, got null'],
    [() => qr(x, null as never), 'qr: options must be an object, got null'],
    [() => qr(x, { complet: true } as never), 'qr: unknown option "complet" (did you mean "complete"?)'],
    [
      () => newtonSchulz(x, { coefficients: 'x' as never }),
      'newtonSchulz: coefficients must be one of original, ',
    ],
    [
      () => matrixShape('ab' as never),
      'matrixShape: shape must be a list of at most 100 whole numbers >= 0, got "ab"',
    ],
    [
      () => hostEigh({ rows: 2 } as never),
      'hostEigh: a must be a matrix { rows, columns, data }, data a Float64Array of rows x columns, got an object (Object)',
    ],
    [() => jacobi(x, 1e9), 'jacobi: sweeps must be an integer in [1, 1000], got 1000000000'],
    [() => blocksOf([1e9], 1), 'blocksOf: blockSize must give at most 1000000 blocks, got 1'],
    [
      () => matrix(2 ** 20, 2 ** 20),
      'matrix: rows x columns must be at most 268435456, got 1048576 x 1048576',
    ],
  ];
  for (const [call, message] of cases) expect(call).toThrow(message);
  x.dispose();
});

// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTorchLayout, toTorchLayout, type Block, type Layout } from '../src/layout.js';

const block = (shape: readonly number[]): Block => {
  const size = shape.reduce((x, y) => x * y, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i) };
};

const at = ({ shape, data }: Block, place: readonly number[]): number =>
  data[place.reduce((sum, i, axis) => sum * shape[axis]! + i, 0)]!;

const axes = (layout: Layout, multiplier = 1) => ({ layout, multiplier }) as const;

describe('a kernel', () => {
  it.each<[string, number[], number[], (o: number, i: number, s: number[]) => number[]]>([
    ['dense', [3, 5], [5, 3], (o, i) => [i, o]],
    ['conv1d', [4, 2, 3], [3, 2, 4], (o, i, s) => [...s, i, o]],
    ['conv2d', [4, 2, 3, 5], [3, 5, 2, 4], (o, i, s) => [...s, i, o]],
    ['conv3d', [4, 2, 3, 5, 6], [3, 5, 6, 2, 4], (o, i, s) => [...s, i, o]],
  ])('of a %s layer', (_, theirs, ours, place) => {
    const source = block(theirs);
    const result = fromTorchLayout('test', source, axes('kernel'));
    expect(result.shape).toEqual(ours);
    const space = theirs.slice(2).map((length) => length - 1);
    for (const [o, i] of [
      [0, 0],
      [2, 1],
      [1, 0],
    ] as const)
      expect(at(result, place(o, i, space))).toBe(at(source, [o, i, ...space]));
  });

  it('of a transposed convolution: [in, out, h, w] becomes [h, w, out, in]', () => {
    const source = block([2, 4, 3, 3]);
    const result = fromTorchLayout('test', source, axes('kernel'));
    expect(result.shape).toEqual([3, 3, 4, 2]);
    expect(at(result, [2, 1, 3, 1])).toBe(at(source, [1, 3, 2, 1]));
  });

  it('of a depthwise convolution: output channel c·multiplier + j is [c, j]', () => {
    const source = block([6, 1, 3, 5]);
    const result = fromTorchLayout('test', source, axes('depthwise', 2));
    expect(result.shape).toEqual([3, 5, 3, 2]);
    expect(at(result, [2, 4, 1, 1])).toBe(at(source, [3, 0, 2, 4]));
  });

  it('that is none of depth is refused', () => {
    expect(() => fromTorchLayout('who', block([5, 1, 3]), axes('depthwise', 2))).toThrow(
      'who: a depthwise kernel must be of shape [n·2, 1, …], got [5, 1, 3]',
    );
    expect(() => toTorchLayout('who', block([3, 3, 5, 1]), axes('depthwise', 2))).toThrow(
      'who: a depthwise kernel must be of shape […, n, 2], got [3, 3, 5, 1]',
    );
  });
});

it('vectors, scalars, and what both lay out alike stay as they are', () => {
  for (const shape of [[], [4]])
    expect(fromTorchLayout('test', block(shape), axes('kernel'))).toEqual(block(shape));
  expect(fromTorchLayout('test', block([7, 3]), axes('same'))).toEqual(block([7, 3]));
});

it('there and back is where one began', () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(shapes, fc.constantFrom<Layout>('kernel', 'same'), (shape, layout) => {
      const source = block(shape);
      expect(toTorchLayout('test', fromTorchLayout('test', source, axes(layout)), axes(layout))).toEqual(
        source,
      );
    }),
  );
  const length = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(
      length,
      length,
      fc.array(length, { minLength: 1, maxLength: 3 }),
      (channels, multiplier, space) => {
        const source = block([channels * multiplier, 1, ...space]);
        const depth = axes('depthwise', multiplier);
        expect(toTorchLayout('test', fromTorchLayout('test', source, depth), depth)).toEqual(source);
      },
    ),
  );
});

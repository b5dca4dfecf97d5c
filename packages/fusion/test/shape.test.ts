// SPDX-License-Identifier: Apache-2.0

import { expect, it } from 'vitest';
import { broadcast, sameShape, showShape, sizeOf, type Shape } from '../src/index.js';

const rows: [Shape[], Shape | null][] = [
  [[], []],
  [[[]], []],
  [
    [[], [2, 3]],
    [2, 3],
  ],
  [
    [[3], [2, 3]],
    [2, 3],
  ],
  [
    [[2, 1], [3]],
    [2, 3],
  ],
  [
    [[2, 1, 4], [1, 3, 1], [4]],
    [2, 3, 4],
  ],
  [[[1], [0]], [0]],
  [
    [[2, 0], [1]],
    [2, 0],
  ],
  [[[2], [3]], null],
  [[[2, 3], [2]], null],
  [[[0], [2]], null],
];

it.each(rows)('broadcast %j gives %j', (shapes, expected) => {
  expect(broadcast(shapes)).toEqual(expected);
});

it('sizeOf multiplies the lengths', () => {
  expect([[], [5], [2, 3, 4], [7, 0]].map(sizeOf)).toEqual([1, 5, 24, 0]);
});

it('sameShape compares rank and lengths', () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2], [2, 1])).toBe(false);
});

it('showShape prints as TensorFlow.js does', () => {
  expect([[], [2, 3]].map(showShape)).toEqual(['[]', '[2,3]']);
});

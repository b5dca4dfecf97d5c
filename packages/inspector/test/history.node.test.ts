// SPDX-License-Identifier: Apache-2.0

import type { AllNorms } from '@optim/hooks';
import { expect, it } from 'vitest';
import { faultOf, History } from '../src/history.js';
import { decadesOf, pathOf, short } from '../src/plot.js';

const norms = (a: number, b: number): AllNorms => ({
  gradient: Math.hypot(a, b),
  variables: { a: { gradient: a, update: 1 }, b: { gradient: b, update: NaN } },
});

it('keeps the last readings, and the first fault: gradients before what is made of them', () => {
  const history = new History(2);
  expect(history.variables).toEqual([]);
  history.add({ step: 1, norms: { variables: { a: { gradient: 3 }, b: { gradient: 4 } } } });
  expect(history.fault).toBeNull();
  for (const [i, gradient] of [4, Infinity, 5].entries())
    history.add({ step: i + 2, norms: norms(3, gradient) });
  expect(history.fault).toEqual({ step: 2, variable: 'b', norm: 'update', value: NaN });
  expect(faultOf({ step: 3, norms: norms(3, Infinity) })).toMatchObject({
    norm: 'gradient',
    value: Infinity,
  });
  expect(history.readings.map(({ step }) => step)).toEqual([3, 4]);
  expect(history.variables).toEqual(['a', 'b']);
  expect(history.of('b').map((each) => each?.gradient)).toEqual([Infinity, 5]);
  expect(history.of(null).map((each) => each?.gradient)).toEqual([Infinity, Math.hypot(3, 5)]);
});

it('draws lines by decades, broken where there is nothing to draw', () => {
  expect(decadesOf([[1, 10, NaN, 0, undefined], [0.02]])).toEqual({ from: -2, to: 1 });
  expect(decadesOf([[NaN]])).toEqual({ from: -1, to: 0 });
  expect(decadesOf([[1]])).toEqual({ from: 0, to: 1 });
  expect(pathOf([1, 10, NaN, 100], { from: 0, to: 2 }, 30, 10)).toBe('M0.0 10.0L10.0 5.0M30.0 0.0');
});

it('writes numbers short', () => {
  expect([undefined, 0, NaN, 0.5, 12.3456, 1e-7, 2.5e9].map(short)).toEqual([
    '–',
    '0',
    'NaN',
    '0.5',
    '12.3',
    '1.0e-7',
    '2.5e9',
  ]);
});

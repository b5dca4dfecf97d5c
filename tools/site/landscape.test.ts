// SPDX-License-Identifier: Apache-2.0
// Every class that the landscape offers walks there as its page lets it, with finite numbers, a schedule and hooks.

import { optimizers } from '@optim/all';
import { describe, expect, it } from 'vitest';
import rates from '../../docs/site/data/rates.json' with { type: 'json' };
import { problemOf, problems, valuesOf } from '../../docs/site/src/landscape/problems.js';
import { settingFrom, toAddress } from '../../docs/site/src/landscape/setting.js';
import { make, walk, type Loaders } from '../../docs/site/src/landscape/walk.js';
import { movable } from './catalogue.js';

const classes = movable();
const loaders = Object.fromEntries(
  Object.keys(optimizers).map((name) => [name, () => Promise.resolve(optimizers)]),
) as unknown as Loaders;
const found: Readonly<Record<string, number>> = rates;

it('offers nearly every class, with a rate for each that has one', () => {
  expect(classes.length).toBeGreaterThan(90);
  const without = classes.filter(
    ({ name, wraps, options }) =>
      !(name in found) && (wraps || options.some((option) => option.name === 'learningRate')),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

describe('in twelve steps from the start of the valley', () => {
  const problem = problemOf('rosenbrock');

  it.each(classes)('$name moves, and stays finite', async (entry) => {
    const { name } = entry;
    const options = name in found ? { learningRate: found[name]! } : {};
    const optimizer = await make({ name, options, schedule: '', hooks: [] }, entry, 12, loaders);
    const { points, values } = await walk(optimizer, problem, problem.start, 12);
    expect(points).toHaveLength(13);
    expect(values.every(Number.isFinite)).toBe(true);
    // Some hold their first steps back or begin with tiny ones: they move all the same.
    expect(points.at(-1)).not.toEqual(points[0]);
  });
});

it('takes a schedule and hooks, and tells the slots', async () => {
  const entry = classes.find(({ name }) => name === 'AdamW')!;
  const contestant = {
    name: 'AdamW',
    options: { learningRate: 0.1 },
    schedule: 'cosine',
    hooks: ['clip norm', 'cautious'],
  };
  const optimizer = await make(contestant, entry, 60, loaders);
  const { values, slots } = await walk(optimizer, problemOf('noisy-bowl'), [-3, 2], 60);
  expect(values.at(-1)).toBeLessThan(values[0]! / 5);
  expect(Object.keys(slots)).toEqual(['m', 'v']);
  expect(slots['m']).toHaveLength(2);
});

it('is lowest where it says', () => {
  for (const problem of problems) {
    const least = valuesOf(problem, 161, 121).reduce((a, b) => Math.min(a, b));
    for (const [x, y] of problem.minima) {
      const there = valuesOf({ ...problem, box: [x, x + 1e-6, y - 1e-6, y] }, 2, 2)[0]!;
      expect(there, problem.name).toBeLessThanOrEqual(least + 1e-6);
    }
  }
});

it('finds all that is set in its address again', () => {
  const address =
    '?on=ravine&from=-3,1&steps=120&o=AdamW,learningRate=0.05,schedule=warm-up,hooks=clip%20norm%2Bcautious&o=Lion';
  const setting = settingFrom(new URLSearchParams(address), () => true);
  expect(setting).toMatchObject({
    start: [-3, 1],
    steps: 120,
    contestants: [
      {
        name: 'AdamW',
        options: { learningRate: 0.05 },
        schedule: 'warm-up',
        hooks: ['clip norm', 'cautious'],
      },
      { name: 'Lion', options: {} },
    ],
  });
  expect(settingFrom(new URLSearchParams(toAddress(setting)), () => true)).toEqual(setting);
  expect(
    settingFrom(new URLSearchParams('?on=nowhere&from=a,b&steps=-1&o=Nobody'), (name) => name !== 'Nobody'),
  ).toMatchObject({
    problem: { name: 'rosenbrock' },
    steps: 300,
    contestants: [{ name: 'AdamW' }, { name: 'SGDW' }, { name: 'Lion' }],
  });
});

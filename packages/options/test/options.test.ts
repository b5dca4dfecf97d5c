// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import {
  choice,
  custom,
  defineSchedule,
  distance,
  fixed,
  flag,
  hyper,
  integer,
  nullable,
  outOfRange,
  real,
  resolveOptions,
  scheduleOptions,
  type OptionSpec,
} from '../src/index.js';

const table: Record<string, OptionSpec> = {
  beta: real('[0, 1)', 0.9),
  count: integer('[1, ∞)', 2),
  rate: hyper('(0, ∞)', 0.1, '[0, ∞)'),
  limit: nullable(real('(-∞, ∞]')),
  exact: flag(false),
  mode: choice(['one', 'two', 'three'], 'two'),
  settled: fixed(true),
  list: custom(
    'an array of names',
    (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
    [],
  ),
};

const resolve = (given: object): Record<string, unknown> => resolveOptions('Owner', table as never, given);
const refusal = (given: object) => (): unknown => resolve(given);

describe('options', () => {
  it('have their defaults, also where undefined is given', () => {
    expect(resolve({ beta: undefined })).toEqual({
      beta: 0.9,
      count: 2,
      rate: 0.1,
      limit: null,
      exact: false,
      mode: 'two',
      settled: true,
      list: [],
    });
  });

  it.each([
    [{ beta: 0 }],
    [{ beta: 0.999 }],
    [{ count: 1 }],
    [{ limit: Infinity }],
    [{ limit: null }],
    [{ rate: (t: number): number => t }],
    [{ mode: 'one' }],
    [{ exact: true }],
    [{ settled: true }],
    [{ list: ['a'] }],
  ])('take %o', (given) => {
    expect(resolve(given)).toMatchObject(given);
  });

  it('keep a list as it was given', () => {
    const list = ['a'];
    const { list: kept } = resolve({ list });
    list.push('b');
    expect(kept).toEqual(['a']);
  });

  it.each([
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ beta: -0.1 }, 'beta must be in [0, 1), got -0.1'],
    [{ beta: NaN }, 'beta must be in [0, 1), got NaN'],
    [{ count: 0 }, 'count must be an integer in [1, ∞), got 0'],
    [{ count: 1.5 }, 'count must be an integer in [1, ∞), got 1.5'],
    [{ count: Infinity }, 'count must be an integer in [1, ∞), got Infinity'],
    [{ rate: -0 }, 'rate must be in (0, ∞), got -0'],
    [{ rate: Infinity }, 'rate must be in (0, ∞), got Infinity'],
    [{ limit: -Infinity }, 'limit must be in (-∞, ∞], or null, got -Infinity'],
    [{ mode: 'four' }, `mode must be one of 'one', 'two', 'three', got "four"`],
    [{ settled: false }, 'settled must be true, always, got false'],
  ])('refuse the value of %o', (given, message) => {
    expect(refusal(given)).toThrow(new RangeError(`Owner: ${message}`));
  });

  it.each([
    [{ beta: '0.9' }, 'beta must be a number (in [0, 1)), got "0.9"'],
    [{ beta: null }, 'beta must be a number (in [0, 1)), got null'],
    [{ beta: () => 0.9 }, 'beta must be a number (in [0, 1)), got function beta'],
    [{ rate: [0.1] }, 'rate must be a number or a schedule (in (0, ∞)), got [0.1]'],
    [{ limit: {} }, 'limit must be a number (in (-∞, ∞], or null), got an object (Object)'],
    [{ exact: 1 }, 'exact must be a boolean (true or false), got 1'],
    [{ mode: 2 }, `mode must be a string (one of 'one', 'two', 'three'), got 2`],
    [{ settled: 'yes' }, 'settled must be a boolean (true, always), got "yes"'],
    [{ list: ['a', 1] }, 'list must be an array of names, got ["a", 1]'],
  ])('refuse the type of %o', (given, message) => {
    expect(refusal(given)).toThrow(new TypeError(`Owner: ${message}`));
  });

  it('refuse an unknown name, with the nearest that is known', () => {
    expect(refusal({ bet: 1 })).toThrow(new TypeError('Owner: unknown option "bet" (did you mean "beta"?)'));
    expect(refusal({ LIMIT: 1 })).toThrow(
      new TypeError('Owner: unknown option "LIMIT" (did you mean "limit"?)'),
    );
    expect(refusal({ somethingElse: 1 })).toThrow(new TypeError('Owner: unknown option "somethingElse"'));
    expect(refusal({ toString: 1 })).toThrow(TypeError);
    expect(refusal({ constructor: 1 })).toThrow(new TypeError('Owner: unknown option "constructor"'));
  });

  it('refuse what is no object', () => {
    expect(refusal(null as never)).toThrow(new TypeError('Owner: options must be an object, got null'));
    expect(refusal([1])).toThrow(new TypeError('Owner: options must be an object, got [1]'));
    expect(refusal(0.1 as never)).toThrow(new TypeError('Owner: options must be an object, got 0.1'));
  });

  it('may be required', () => {
    const required = { total: integer('[1, ∞)') } as never;
    expect(() => resolveOptions('Owner', required, {})).toThrow(
      new TypeError('Owner: total is required and must be an integer in [1, ∞)'),
    );
    expect(resolveOptions('Owner', required, { total: 3 })).toEqual({ total: 3 });
  });
});

it('an interval is written as in a paper', () => {
  for (const text of ['0..1', '0, 1', '[0, 1', '0, 1)', '[x, 1)', '[0, 1, 2]', '[1, 0]'])
    expect(() => real(text)).toThrow(new Error(`not an interval: ${text}`));
  const { allows } = real('(-0.5, 1e-3]');
  expect([-0.5, -0.49, 0.001, 0.0011].map((value) => allows(value as never))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('a constraint on more than one option reads like the others', () => {
  expect(outOfRange('Owner', 'warmup', 'below total (10)', 12)).toEqual(
    new RangeError('Owner: warmup must be below total (10), got 12'),
  );
});

describe('what is known by name', () => {
  it('a schedule has the table it was defined with', () => {
    const rows = { rate: real('[0, ∞)', 1) };
    const made = defineSchedule<{ rate?: number }>(
      'ofThisTest',
      rows,
      ({ rate }) =>
        () =>
          rate,
    );
    expect(made({})(3)).toBe(1);
    expect(scheduleOptions('ofThisTest')).toBe(rows);
    expect(scheduleOptions('ofNoTest')).toBeUndefined();
  });

  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['adam', 'adamw', 1],
    ['lion', 'noil', 4],
    ['kitten', 'sitting', 3],
  ])('%j is so many letters from %j: %d', (a, b, edits) => {
    expect(distance(a, b)).toBe(edits);
    expect(distance(b, a)).toBe(edits);
  });
});

// SPDX-License-Identifier: Apache-2.0
// What is of no documented form is refused where it comes in, by a short message of our own.

import { describe, expect, it } from 'vitest';
import {
  check,
  custom,
  decode,
  decodeMatch,
  defineSchedule,
  hyper,
  isArrayOf,
  isCallable,
  isMatch,
  isSavedMatch,
  list,
  real,
  resolveOptions,
  scheduleFromConfig,
  show,
  type ScheduleConfig,
} from '../src/index.js';

class Empty {
  x = 1;
}
/** A class as compilers of old wrote it. */
function Old(): void {}
Old.prototype.method = (): number => 1;

const half = defineSchedule<{ rate: number }>(
  'half',
  { rate: real('[0, ∞)') },
  ({ rate }) =>
    (t) =>
      rate / (1 + t),
);

describe('classes', () => {
  it('cannot be called, and so stand for no schedule, predicate or loss', () => {
    expect([Empty, Old, Map, () => 1, async () => 1, function named() {}].map(isCallable)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([isMatch(Empty), isMatch(/a/), isMatch(() => true)]).toEqual([false, true, true]);
    expect(() => check('Adam', 'rate', hyper('[0, 1)'), Empty)).toThrow(
      new TypeError('Adam: rate must be a number or a schedule (in [0, 1)), got function Empty'),
    );
  });
});

describe('arrays', () => {
  it('with holes are not of what there is beside the holes', () => {
    const holes: number[] = [0.5];
    holes.length = 2;
    const isNumber = (x: unknown): boolean => typeof x === 'number';
    expect([isArrayOf(holes, isNumber), isArrayOf([0.5], isNumber), isArrayOf('a', isNumber)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(() => check('AggMo', 'betas', list(real('[0, 1)')), holes)).toThrow(TypeError);
  });
});

describe('messages', () => {
  it('show what has no name, or one that is none', () => {
    const odd = { constructor: Object.defineProperty(() => 0, 'name', { value: 5 }) };
    expect(show(odd)).toBe('an object (Object)');
    expect(show(Object.defineProperty(() => 0, 'name', { value: 5 }))).toBe('function 5');
  });

  it('are short for long keys', () => {
    const table = { rate: custom('anything', () => true, 1) };
    expect(() => resolveOptions('Adam', table, { ['x'.repeat(1e6)]: 1 })).toThrow(
      new TypeError(`Adam: unknown option "${'x'.repeat(199)}…`),
    );
  });
});

describe('a schedule', () => {
  it.each([10n, [1], [[1]], '1', null, Symbol('s'), {}])('is of numbers alone: %s', (step) => {
    expect(() => half({ rate: 1 })(step as number)).toThrow(RangeError);
    expect(() => half({ rate: 1 })(step as number)).toThrow(/^half: step must be in \[0, ∞\), got /);
  });

  it.each([
    null,
    5,
    'half',
    [],
    {},
    { schedule: 'half' },
    { schedule: 'half', options: null },
    { schedule: 1, options: {} },
  ])('is not made of %j', (config) => {
    expect(() => scheduleFromConfig(config as unknown as ScheduleConfig)).toThrow(
      new TypeError(`schedule must be configured by { schedule, options }, got ${show(config)}`),
    );
    expect(decode({ config })).toEqual({ config });
  });

  it('of no name has a short message', () => {
    expect(() => scheduleFromConfig({ schedule: 'x'.repeat(1e6), options: {} })).toThrow(
      /^schedule "x{199}… is not defined/,
    );
  });
});

describe('a configuration', () => {
  const refusal = new RangeError('configuration must have at most 50 levels and 1000000 values');

  it('nests 50 levels at most, also of schedules', () => {
    let arrays: unknown = 1;
    let schedules: unknown = 1;
    for (let i = 0; i < 20_000; i++)
      [arrays, schedules] = [[arrays], { schedule: 'half', options: { rate: schedules } }];
    expect(() => decode({ arrays })).toThrow(refusal);
    expect(() => decode({ schedules })).toThrow(refusal);
  });

  it('has a million values at most, however few objects stand for them', () => {
    let [arrays, entries]: unknown[] = [1, 1];
    for (let i = 0; i < 30; i++)
      [arrays, entries] = [
        [arrays, arrays],
        { entries: ['a', 'b'].map((name) => ({ name, value: entries })) },
      ];
    for (const value of [arrays, entries]) {
      expect(() => decode({ value })).toThrow(refusal);
      expect(() => scheduleFromConfig({ schedule: 'half', options: { value } })).toThrow(refusal);
    }
    expect(decode({ value: Array.from({ length: 999_000 }, () => 1) })['value']).toHaveLength(999_000);
    // In a message, too.
    const wide = Array.from({ length: 200 }).fill(Array.from({ length: 200 }).fill(arrays));
    expect(show(wide)).toMatch(/^\[\[\[?an array, an array/);
  });

  it.each([{ entries: [null] }, { entries: [{ value: 1 }] }, { entries: 5 }])(
    'of no record stays what it is: %j',
    (value) => {
      expect(decode({ value })).toEqual({ value });
    },
  );

  it('of a match is an expression of 1,000 letters at most', () => {
    expect([isSavedMatch({ name: 'a', flags: '' }), isSavedMatch({ name: 'a' }), isSavedMatch(null)]).toEqual(
      [true, false, false],
    );
    expect(() => decodeMatch({ name: '(', flags: '' })).toThrow(
      'match from a file must be a regular expression of at most 1000 letters that repeats nothing that repeats or chooses, got "/(/"',
    );
    expect(() => decodeMatch({ name: 'a', flags: 'zz' })).toThrow(RangeError);
    expect(() => decodeMatch({ name: 'a'.repeat(1001), flags: '' })).toThrow(
      /^match from a file must be a regular expression of at most 1000 letters .*, got "\/a{198}…$/,
    );
  });
});

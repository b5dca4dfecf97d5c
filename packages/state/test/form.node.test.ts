// SPDX-License-Identifier: Apache-2.0
// The one form of a state: whatever is put at whatever place, it is taken or refused by a clear and short error.

import { runInNewContext } from 'node:vm';
import { isRecord } from '@optim/options';
import { expect, it } from 'vitest';
import { checkForeignState, checkGlobals, checkStateDict } from '../src/checks.js';
import { encodeState } from '../src/index.js';

type Json = Record<string, unknown>;
const tensor = (): Json => ({ shape: [2], data: Float32Array.of(1, 2) });
const state = (): Json => ({
  format: 1,
  optimizer: 'Heavy',
  step: 1,
  hyperparameters: { a: [1, { b: 'c' }] },
  globals: { d: 1 },
  parameters: [{ name: 'w', shape: [2], dtype: 'float32', updates: 1, slots: { m: tensor() } }],
});
const foreign = (): Json => ({
  format: 1,
  optimizer: 'SGD',
  weights: [
    { name: 'iter', dtype: 'int32', tensor: { shape: [], data: Float32Array.of(3) } },
    { name: 'w/m', dtype: 'float32', tensor: tensor() },
  ],
});
const deep: unknown[] = [];
for (let i = 0, at = deep; i < 1e5; i++) at.push((at = []));
const endless: unknown[] = [];
endless.push(endless);
const values: unknown[] = [
  undefined,
  null,
  true,
  -1,
  0.5,
  NaN,
  Infinity,
  2 ** 31,
  1e308,
  1n,
  '',
  'x',
  'y'.repeat(1e6),
  Symbol('s'),
  [],
  Array(1),
  [null],
  [-1],
  Array(1e9),
  {},
  Object.create(null),
  new Map(),
  new Date(0),
  /x/,
  Promise.resolve(),
  new Float32Array(2),
  new Float64Array(2),
  new ArrayBuffer(8),
  () => 1,
  Map,
  new URL('http://a.b'),
  deep,
  endless,
  Array(1e5).fill('name'),
];

/** Every state that differs from a good one in one place. */
function* mutants(make: () => Json, at: (root: Json) => object[]): Generator<Json> {
  const places = at(make()).flatMap((holder, i) => Object.keys(holder).map((key) => [i, key] as const));
  for (const [i, key] of places)
    for (const value of values) {
      const root = make();
      (at(root)[i] as Json)[key] = value;
      yield root;
    }
}
function holders(root: unknown): object[] {
  if (typeof root !== 'object' || root === null || ArrayBuffer.isView(root)) return [];
  return [root, ...Object.values(root).flatMap(holders)];
}

it.each<[string, () => Json, (given: unknown) => unknown, RegExp]>([
  ['checkStateDict', state, (given) => checkStateDict('Heavy', given), /^Heavy: state dict: /],
  ['checkForeignState', foreign, (given) => checkForeignState('SGD', given), /^SGD: state dict: /],
  ['encodeState', state, (given) => encodeState(given as never), /^optimizer state: /],
  [
    'encodeState, of a wrapper',
    () => ({ ...state(), base: foreign() }),
    (given) => encodeState(given as never),
    /^optimizer state: /,
  ],
])('%s takes or refuses clearly what is put anywhere', (_, make, call, message) => {
  call(make());
  let refused = 0;
  const refusing = (given: unknown): void => {
    try {
      call(given);
    } catch (error) {
      refused++;
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message.length).toBeLessThan(2000);
    }
  };
  values.forEach(refusing);
  expect(refused).toBe(values.length);
  for (const mutant of mutants(make, holders)) refusing(mutant);
  expect(refused).toBeGreaterThan(200);
});

it('takes values of another realm, and gives those of this one', () => {
  const other = runInNewContext(`({
    format: 1, optimizer: 'Heavy', step: 1, hyperparameters: { a: [{ b: 1 }] }, globals: {},
    parameters: [{ name: 'w', shape: [2], dtype: 'float32', updates: 1, slots: { m: { shape: [2], data: Float32Array.of(1, 2) } } }],
  })`) as unknown;
  const { hyperparameters, parameters } = checkStateDict('Heavy', other);
  expect(parameters[0]!.slots['m']!.data).toStrictEqual(Float32Array.of(1, 2));
  expect(parameters[0]!.slots['m']!.data).toBeInstanceOf(Float32Array);
  expect(Object.getPrototypeOf(hyperparameters)).toBe(Object.prototype);
  expect(hyperparameters).toStrictEqual({ a: [{ b: 1 }] });
  expect(isRecord(runInNewContext('new Map()'))).toBe(false);
});

it('is a copy: what changes afterwards changes nothing', () => {
  const given = state();
  const checked = checkStateDict('Heavy', given);
  (given['globals'] as Json)['d'] = NaN;
  (given['parameters'] as Json[])[0]!['updates'] = -1;
  expect(checked).toEqual(state());
});

it.each([NaN, Infinity, 1e308, -3.5e38])('refuses %s as a global, which float32 does not hold', (d) => {
  expect(() => checkGlobals('Heavy', { d }, { d: 0 }, (names) => names)).toThrow(
    new RangeError(`Heavy: state dict: globals.d must be a finite float32 number, got ${d}`),
  );
});

it('gives globals as the device keeps them, and refuses others', () => {
  const own = (names: readonly string[]): string[] => names.filter((name) => !name.includes('.'));
  const read = checkGlobals('Heavy', { d: 0.1, e: 3.4e38, 'hook.n': 1 }, { d: 0, e: 0 }, own);
  expect(read).toEqual({ d: Math.fround(0.1), e: Math.fround(3.4e38) });
  expect(checkGlobals('Heavy', {}, { d: 2 }, own)).toEqual({ d: 2 });
  expect(() => checkGlobals('Heavy', { d: 0 }, { d: 0, e: 0 }, own)).toThrow(
    new RangeError('Heavy: state dict: globals must be [d, e], got [d]'),
  );
});

it('takes vectors among the globals, of the length that there is', () => {
  const all = (names: readonly string[]): readonly string[] => names;
  const first = { d: 0, h: [-1, -1] };
  expect(checkGlobals('Heavy', { d: 1, h: [0.1, 2] }, first, all)).toEqual({
    d: 1,
    h: [Math.fround(0.1), 2],
  });
  const refused = {
    'd must be one number, got [1]': { d: [1], h: [1, 2] },
    'h must be 2 numbers, got 5': { d: 1, h: 5 },
    'h must be 2 numbers, got [1]': { d: 1, h: [1] },
    'h must be a finite float32 number, got NaN': { d: 1, h: [1, NaN] },
  };
  for (const [message, globals] of Object.entries(refused))
    expect(() => checkGlobals('Heavy', globals, first, all)).toThrow(
      new RangeError(`Heavy: state dict: globals.${message}`),
    );
  expect(() => checkStateDict('Heavy', { ...state(), globals: { d: ['1'] } })).toThrow(
    new TypeError('Heavy: state dict: globals.d[0] must be a number, got "1"'),
  );
});

it('refuses names twice', () => {
  const [w] = state()['parameters'] as Json[];
  expect(() => checkStateDict('Heavy', { ...state(), parameters: [w, w] })).toThrow(
    new TypeError('Heavy: state dict: parameters must have different names, got "w"'),
  );
  const [iter] = foreign()['weights'] as Json[];
  expect(() => checkForeignState('SGD', { ...foreign(), weights: [iter, iter] })).toThrow(
    /different names, got "iter"/,
  );
  const wrong = { ...iter, tensor: { shape: [], data: Float32Array.of(-5) } };
  expect(() => checkForeignState('SGD', { ...foreign(), weights: [wrong] })).toThrow(
    /weights\[0\] must be one integer/,
  );
});

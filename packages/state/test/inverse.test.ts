// SPDX-License-Identifier: Apache-2.0
// What is written is read back as it was, or is not written.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, numbersOf } from '../src/numbers.js';
import {
  decodeState,
  encodeState,
  type ForeignState,
  type SavedTensor,
  type StateDict,
} from '../src/index.js';

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    'w',
    'm',
    '#',
    '#m',
    'w#m',
    'base/',
    'base/w',
    'base/#m',
    '__proto__',
    '__metadata__',
    'constructor',
    '\ud800',
    '0',
  ),
);
const count = fc.oneof(fc.nat(100), fc.constantFrom(2 ** 31 - 1));
const tensor: fc.Arbitrary<SavedTensor> = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
  const size = shape.reduce((x, y) => x * y, 1);
  return fc.record({
    shape: fc.constant(shape),
    data: fc.float32Array({ minLength: size, maxLength: size }),
  });
});
const record = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc
    .array(fc.tuple(name, value), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries) as Record<string, T>);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const own = {
  format: fc.constant(1 as const),
  optimizer: name,
  step: count,
  hyperparameters: record(json),
  globals: record(fc.float()),
  parameters: fc.array(
    fc.record(
      {
        name,
        shape: fc.array(fc.nat(3), { maxLength: 3 }),
        dtype: fc.constant('float32' as const),
        updates: count,
        slots: record(tensor),
      },
      { requiredKeys: ['name', 'dtype', 'updates', 'slots'] },
    ),
    { maxLength: 3 },
  ),
};
const weight = fc.record({
  name: name.filter((given) => given !== 'iter'),
  dtype: fc.constant('float32'),
  tensor,
});
const foreign: fc.Arbitrary<ForeignState> = fc.record({
  format: fc.constant(1 as const),
  optimizer: name,
  weights: fc.array(weight, { maxLength: 3 }),
});
const inner: fc.Arbitrary<StateDict> = fc.record(own);
const states: fc.Arbitrary<StateDict> = fc.record(
  { ...own, base: fc.oneof(inner, foreign) },
  { requiredKeys: ['format', 'optimizer', 'step', 'hyperparameters', 'globals', 'parameters'] },
);

it('decode(encode(state)) is the state, unless encode refuses for a name', () => {
  let written = 0;
  fc.assert(
    fc.property(states, (state) => {
      let bytes: Uint8Array;
      try {
        bytes = encodeState(state);
      } catch (error) {
        expect((error as Error).message).toMatch(
          /^optimizer state: (base: )?(two tensors would have the name|parameters must have different names|weights must have different names)/,
        );
        return;
      }
      written++;
      expect(decodeState(bytes)).toEqual(state);
    }),
    { numRuns: 500 },
  );
  expect(written).toBeGreaterThan(200);
});

const slot = (...values: number[]): SavedTensor => ({
  shape: [values.length],
  data: Float32Array.from(values),
});
const parameter = (called: string, slots: Record<string, SavedTensor>) => ({
  name: called,
  shape: [1],
  dtype: 'float32' as const,
  updates: 1,
  slots,
});
const state: StateDict = {
  format: 1,
  optimizer: 'Heavy',
  step: 1,
  hyperparameters: {},
  globals: { m: 1 },
  parameters: [parameter('w', { m: slot(2) })],
};

/** What a few objects stand for that hold one another twice. */
function doubled(twice: (inner: unknown) => unknown, inner: unknown): unknown {
  let value = inner;
  for (let i = 0; i < 18; i++) value = twice(value);
  return value;
}

it.each<[string, object, RegExp]>([
  [
    'a variable "" beside a global',
    { parameters: [parameter('', { m: slot(2) })] },
    /two tensors would have the name "#m"/,
  ],
  [
    'a variable "base/w" beside w of the base',
    { parameters: [parameter('base/w', { m: slot(2) })], base: { ...state, globals: {} } },
    /the name "base\/w#m"/,
  ],
  [
    'a name twice',
    { parameters: [parameter('w', { m: slot(2) }), parameter('w', { m: slot(3) })] },
    /different names, got "w"/,
  ],
  [
    'a slot longer than its shape',
    { parameters: [parameter('w', { m: { shape: [1], data: Float32Array.of(1, 2) } })] },
    /slots.m must have a shape and as many float32 numbers/,
  ],
  ['a step beyond int32', { step: 2 ** 31 }, /step must be an integer in \[0, 2\^31\)/],
  ['a step that is no number', { step: NaN }, /step must be an integer/],
  [
    'an infinite option',
    { hyperparameters: { a: [Infinity] } },
    /hyperparameters must hold what JSON can express, got Infinity/,
  ],
  ['a big integer', { hyperparameters: { a: 1n } }, /hyperparameters must hold what JSON can express, got 1/],
  ['a date', { hyperparameters: { a: new Date(0) } }, /hyperparameters must hold what JSON can express/],
  [
    'a hole',
    { hyperparameters: { a: Array(2) } },
    /hyperparameters must hold what JSON can express, got undefined/,
  ],
  [
    'a cycle',
    ((a: unknown[]) => (a.push(a), { hyperparameters: { a } }))([]),
    /hyperparameters must nest at most 50 levels/,
  ],
  [
    'a cycle of bases',
    ((a: { base?: unknown }) => (Object.assign(a, state), (a.base = a)))({}),
    /more than 20 optimizers wrap one another/,
  ],
  [
    'few arrays that stand for many values',
    { hyperparameters: { a: doubled((a) => [a, a, a], 1) } },
    /hyperparameters must have at most 1000000 values/,
  ],
  [
    'few optimizers that stand for many',
    {
      others: doubled(
        (others) => [
          { ...state, others },
          { ...state, others },
        ],
        [],
      ),
    },
    /more than 1000 optimizers in one/,
  ],
  ['a global that is no float32', { globals: { m: 1e300 } }, /globals.m must fit a float32 number/],
])('encode refuses %s', (_, change, message) => {
  expect(() => encodeState({ ...state, ...change })).toThrow(message);
});

it('numbers keep their bits, also on hosts of the other byte order', () => {
  const bits = Uint32Array.of(0x7fc00001, 0x80000000, 0x00000001, 0xff800000, 0x12345678);
  const data = new Float32Array(bits.buffer);
  const turned = bytesOf(data, false);
  expect([...turned.subarray(16)]).toEqual([0x12, 0x34, 0x56, 0x78]);
  expect(new Uint32Array(numbersOf(turned, 'F32', false).buffer)).toEqual(bits);
  const file = encodeState({ ...state, parameters: [parameter('w', { m: { shape: [5], data } })] });
  const [read] = decodeState(file).parameters;
  expect(new Uint32Array(read!.slots['m']!.data.buffer)).toEqual(bits);
});

// SPDX-License-Identifier: Apache-2.0
// Values that nobody should give, and data changed at every place.

import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';

/** A value and what to call it. */
export type Hostile = readonly [what: string, value: unknown];

/** What hostile functions throw: their own error, which comes through as it is. */
export const mine = 'thrown by the caller';

const fail = (): never => {
  throw new Error(mine);
};

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function circular(): unknown {
  const value: Record<string, unknown> = { name: 'x' };
  value['self'] = value;
  return value;
}

function rejected(): Promise<never> {
  const promise = Promise.reject(new Error(mine));
  promise.catch(() => undefined);
  return promise;
}

/** Numbers of every kind. */
export const numbers: readonly Hostile[] = [
  NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, 0.5, 1.2, -0.1, 1e-8, 5e-324, 1e-300, 1e9, 3e8, 1e308, 2 ** 31, 2 ** 53,
  64, 1001,
].map((value) => [Object.is(value, -0) ? '-0' : String(value), value] as const); // prettier-ignore

/** Texts, among them names that objects have by themselves. */
export const texts: readonly Hostile[] = [
  '', 'x', '0.1', 'NaN', 'Infinity', '__proto__', 'constructor', 'toString', 'null', '\0', '\u{1F600}', '#', '(a+)+$',
].map((value) => [JSON.stringify(value), value] as const); // prettier-ignore

/** What JSON can express beside them. */
export const plain: readonly Hostile[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['[]', []],
  ['{}', {}],
  ['[NaN]', [NaN]],
  ['[0.1, "x"]', [0.1, 'x']],
  ['[null]', [null]],
  ['100 nested arrays', nested(100)],
  ['20,000 nested arrays', nested(20_000)],
  ['100,000 numbers', Array.from({ length: 100_000 }, () => 0.5)],
  ['a million letters', 'x'.repeat(1e6)],
  ['100,000 ones', Array.from({ length: 100_000 }, () => 1)],
  ['a key of a million letters', { ['x'.repeat(1e6)]: 1 }],
  ['own __proto__', JSON.parse('{"__proto__": {"learningRate": 1}}') as unknown],
  ['own constructor', { constructor: 1, toString: 2 }],
  ['a schedule of no name', { schedule: 'nothing', options: {} }],
  ['a schedule of no options', { schedule: 'constant', options: null }],
  ['a hook of no name', { hook: 'nothing', options: {} }],
  ['entries', { entries: [{ name: 'a', value: 1 }, null] }],
  ['a name', { name: 'x' }],
];

/** What only a program can give. */
export function objects(): readonly Hostile[] {
  const holes: unknown[] = [];
  holes.length = 3;
  return [
    ['undefined', undefined],
    ['a symbol', Symbol('s')],
    ['a bigint', 10n],
    ['a circle', circular()],
    ['an array of holes', holes],
    ['a Map', new Map([['learningRate', 1]])],
    ['a Set', new Set([1])],
    ['a Date', new Date(0)],
    ['a RegExp', /(a+)+$/],
    ['a promise', Promise.resolve(1)],
    ['a rejected promise', rejected()],
    ['a typed array', Float32Array.of(1, 2)],
    ['an ArrayBuffer', new ArrayBuffer(8)],
    ['an Error', new Error('x')],
    ['a function that throws', fail],
    ['a function of nothing', () => undefined],
    ['a function of NaN', () => NaN],
    ['a function of text', () => 'x'],
    ['an async function', async () => 1],
    ['a generator', (function* () { yield 1; })()], // prettier-ignore
    ['a class', class Thing { b = 2; }], // prettier-ignore
    ['an instance', new (class Thing { a = 1; })()], // prettier-ignore
    ['no prototype', Object.create(null)],
    ['a throwing getter', Object.defineProperty({}, 'name', { get: fail, enumerable: true })],
    ['a throwing toString', { toString: fail, valueOf: fail }],
    ['a throwing constructor', Object.defineProperty({}, 'constructor', { get: fail })],
    ['a constructor without name', { constructor: Object.defineProperty(() => 0, 'name', { value: 5 }) }],
    ['a proxy that throws', new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail })],
    ['a revoked proxy', revoked()],
    ['of another realm', runInNewContext('({ a: [1] })')],
    ['an array of another realm', runInNewContext('[NaN, "x"]')],
    ['a boxed number', Object(0.5)],
    ['a boxed string', Object('x')],
    ['a false tensor', Object.create(tf.Tensor.prototype)],
    ['a false optimizer', { applyGradients: fail, getClassName: () => 'False' }],
    ['the class tf.Tensor', tf.Tensor],
    ['globalThis', globalThis],
  ];
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** All of them, new ones for each call. */
export function hostile(): readonly Hostile[] {
  return [...numbers, ...texts, ...plain, ...objects()];
}

/** A place in data: the keys that lead there. */
type Path = readonly (string | number)[];

/** Every place in data, itself first; arrays of numbers are one place. */
export function placesIn(data: unknown, path: Path = []): Path[] {
  if (!isRecord(data)) return [path];
  return [path, ...Object.entries(data as object).flatMap(([key, value]) => placesIn(value, [...path, key]))];
}

/** Whether a value may have another key. */
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** The value at a place. */
export function at(data: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as Record<string, unknown>)[key], data);
}

/** What takes a key away. */
export const gone: unique symbol = Symbol('gone');

/** A copy of data with another value at a place. */
export function changed(data: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const old = (data as Record<string, unknown>)[key];
  const item = rest.length > 0 ? changed(old, rest, value) : value;
  if (Array.isArray(data)) {
    const copy = [...(data as unknown[])];
    if (item === gone) copy.splice(Number(key), 1);
    else copy[Number(key)] = item;
    return copy;
  }
  const entries = Object.entries(data as object).filter(([name]) => name !== key);
  return Object.fromEntries(item === gone ? entries : [...entries, [key, item]]);
}

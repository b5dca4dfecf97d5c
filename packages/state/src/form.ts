// SPDX-License-Identifier: Apache-2.0
// The one form of a state: read from what a caller or a file gives, checked and copied, numbers of slots excepted.

import { isRecord, show } from '@optim/options';
import { sizeOf, type Shape } from '@optim/fusion';
import { copyJson } from './json.js';
import { listed, shorten } from './refusal.js';
import type { ForeignState, SavedTensor, SavedWeight, StateDict } from './state-dict.js';

/** Gives back a checked copy of a value, or throws a TypeError that begins with `who` and says where the value stands. */
type Reader = (who: string, where: string, value: unknown) => unknown;

function refuse(who: string, where: string, constraint: string, value: unknown): never {
  throw new TypeError(`${who}: ${where && `${where} `}must ${constraint}, got ${show(value)}`);
}

function must<T>(
  constraint: string,
  holds: (value: unknown) => value is T,
  copy = (value: T): T => value,
): Reader {
  return (who, where, value) => (holds(value) ? copy(value) : refuse(who, where, constraint, value));
}

/** More axes than any tensor has. */
const mostAxes = 32;

/** Whether a value is an array of lengths. */
export function isShape(value: unknown): value is Shape {
  if (!Array.isArray(value) || value.length > mostAxes) return false;
  // Not `every`, which passes over holes.
  for (let axis = 0; axis < value.length; axis++)
    if (!Number.isSafeInteger(value[axis]) || value[axis] < 0) return false;
  return true;
}

/** Whether a value is a shape with that many numbers in an array of a class, of whatever realm. */
function isTensor(value: unknown, ...classes: string[]): boolean {
  if (!isRecord(value) || !isShape(value['shape'])) return false;
  const { data } = value;
  const isArray =
    ArrayBuffer.isView(data) && classes.includes(Object.prototype.toString.call(data).slice(8, -1));
  return isArray && (data as Float32Array).length === sizeOf(value['shape']);
}

/** Whether a value is a shape with that many float32 numbers. */
export function isSavedTensor(value: unknown): value is SavedTensor {
  return isTensor(value, 'Float32Array');
}

const isSavedWeight = (value: unknown): value is SavedWeight => isTensor(value, 'Float32Array', 'Int32Array');

/** Numbers of another realm are copied into this one, since TensorFlow.js asks by `instanceof`. */
function local({ shape, data }: SavedWeight): SavedTensor {
  return { shape: [...shape], data: data instanceof Float32Array ? data : new Float32Array(data) };
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
/** Whether it may be a rate of an optimizer of TensorFlow.js, which takes anything. */
export const isRate = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Infinity;
const isOneOf =
  (...all: string[]) =>
  (value: unknown): value is string =>
    all.includes(value as string);

const text = must('be a string', (value) => typeof value === 'string');
const number = must('be a number', (value) => typeof value === 'number');
const global: Reader = (who, where, value) => {
  if (!Array.isArray(value)) return number(who, where, value);
  const numbers: unknown[] = [];
  // Holes included, as in `list`.
  for (let i = 0; i < value.length; i++) numbers.push(number(who, `${where}[${i}]`, value[i]));
  return numbers;
};
/** TensorFlow.js stores counts of steps as int32. */
const count = must('be an integer in [0, 2^31)', isCount);
const lengths = must('be an array of lengths', isShape, (shape) => [...shape]);
const tensor = must('have a shape and as many float32 numbers', isSavedTensor, local);
const json: Reader = (who, where, value) =>
  isRecord(value) ? copyJson(`${who}: ${where}`, value) : refuse(who, where, 'be an object', value);

/** An object with these fields and no others; one whose name ends with `?` may be missing. */
function object(fields: Readonly<Record<string, Reader>>): Reader {
  const readers = Object.entries(fields).map(
    ([name, read]) => [name.replace('?', ''), read, name.endsWith('?')] as const,
  );
  const known = readers.map(([name]) => name);
  return (who, where, value) => {
    if (!isRecord(value)) return refuse(who, where, 'be an object', value);
    const stranger = Object.keys(value).find((name) => !known.includes(name));
    if (stranger !== undefined) refuse(who, where, `have no keys but ${listed(known)}`, stranger);
    const given = readers.filter(([name, , mayMiss]) => !mayMiss || value[name] !== undefined);
    return Object.fromEntries(
      given.map(([name, read]) => [name, read(who, where ? `${where}.${name}` : name, value[name])]),
    );
  };
}

/** An object that holds the same under every name. */
function record(read: Reader): Reader {
  return (who, where, value) => {
    if (!isRecord(value)) return refuse(who, where, 'be an object', value);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, read(who, `${where}.${shorten(name)}`, item)]),
    );
  };
}

/** An array of objects with different names. */
function list(read: Reader): Reader {
  return (who, where, value) => {
    if (!Array.isArray(value)) return refuse(who, where, 'be an array', value);
    const items: unknown[] = [];
    const seen = new Set<string>();
    // Holes included; stops at the first that is refused, however long the array says it is.
    for (let i = 0; i < value.length; i++) {
      const item = read(who, `${where}[${i}]`, value[i]) as { name: string };
      if (seen.has(item.name)) refuse(who, where, 'have different names', item.name);
      seen.add(item.name);
      items.push(item);
    }
    return items;
  };
}

const parameters = list(
  object({
    name: text,
    'shape?': lengths,
    dtype: must('be "float32"', isOneOf('float32')),
    updates: count,
    slots: record(tensor),
  }),
);

const plainWeight = /* @__PURE__ */ object({
  name: text,
  dtype: /* @__PURE__ */ must('be "float32" or "int32"', /* @__PURE__ */ isOneOf('float32', 'int32')),
  tensor: /* @__PURE__ */ must('have a shape and as many numbers', isSavedWeight),
});
const weight: Reader = (who, where, value) => {
  const { name, dtype, tensor } = plainWeight(who, where, value) as ForeignState['weights'][number];
  const { shape, data } = tensor;
  if (name === 'iter' && !(data.length === 1 && isCount(data[0])))
    refuse(who, where, 'be one integer in [0, 2^31), as "iter" is', data[0]);
  if (dtype === 'float32') return { name, dtype, tensor: local(tensor) };
  // Counts were float32 in states of version 0.2.
  const wrong = (data as Float32Array).find((number) => number !== (number | 0));
  if (wrong !== undefined) refuse(who, where, 'have whole numbers, as int32 does', wrong);
  return { name, dtype, tensor: { shape: [...shape], data: Int32Array.from(data) } };
};

/**
 * A state in the one form, whose optimizer and version may be any.
 *
 * @param who - the beginning of messages
 * @param readBase - reads the state of the wrapped optimizer
 * @throws TypeError for anything else
 */
export function readState(
  who: string,
  state: unknown,
  readBase: (base: unknown) => StateDict | ForeignState,
): StateDict {
  const whole = object({
    format: count,
    optimizer: text,
    step: count,
    hyperparameters: json,
    globals: record(global),
    parameters,
    'base?': (_, __, base) => readBase(base),
    'others?': (at, where, others) => {
      if (!Array.isArray(others)) return refuse(at, where, 'be an array', others);
      // Holes included.
      return Array.from(others, readBase);
    },
  });
  return whole(who, '', state) as StateDict;
}

const foreign = /* @__PURE__ */ object({
  format: count,
  optimizer: text,
  'learningRate?': /* @__PURE__ */ must('be in [0, ∞)', isRate),
  weights: /* @__PURE__ */ list(weight),
});

/**
 * The state of an optimizer of TensorFlow.js in the one form.
 * @throws TypeError for anything else
 */
export function readForeign(who: string, state: unknown): ForeignState {
  if (!isRecord(state) || !Array.isArray(state['weights']))
    refuse(who, 'base', 'be the weights of the optimizer', state);
  return foreign(who, '', state) as ForeignState;
}

// SPDX-License-Identifier: Apache-2.0
// The one form of a state: read from what a caller or a file gives, checked and copied, numbers of slots excepted.

import { sizeOf, type Shape } from '@optim/fusion';
import { copyJson, isRecord } from './json.js';
import { listed, shorten, shown } from './refusal.js';
import type { ForeignState, SavedParameter, SavedTensor, StateDict } from './state-dict.js';

type Given = Record<string, unknown>;
type Base = StateDict | ForeignState;

/** Counts of steps are stored as int32 by TensorFlow.js. */
const limit = 2 ** 31;

function refuse(who: string, what: string, received: unknown): never {
  throw new TypeError(`${who}: ${what}, got ${shown(received)}`);
}

function count(who: string, where: string, kind: string, value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0) refuse(who, `${where} must be ${kind}`, value);
  if ((value as number) >= limit) refuse(who, `${where} must be below ${limit}`, value);
  return value as number;
}

/** Whether a value is an array of lengths. */
export function isShape(value: unknown): value is Shape {
  if (!Array.isArray(value)) return false;
  // Not `every`, which passes over holes.
  for (let axis = 0; axis < value.length; axis++)
    if (!Number.isSafeInteger(value[axis]) || value[axis] < 0) return false;
  return true;
}

/** Whether a value is a shape with that many float32 numbers. */
export function isSavedTensor(value: unknown): value is SavedTensor {
  if (!isRecord(value) || !isShape(value['shape'])) return false;
  const { data } = value;
  if (!ArrayBuffer.isView(data) || Object.prototype.toString.call(data) !== '[object Float32Array]')
    return false;
  return (data as Float32Array).length === sizeOf(value['shape']);
}

/** Numbers of another realm are copied into this one, since TensorFlow.js asks by `instanceof`. */
function local({ shape, data }: SavedTensor): SavedTensor {
  return { shape: [...shape], data: data instanceof Float32Array ? data : new Float32Array(data) };
}

function known(who: string, where: string, value: Given, names: readonly string[]): void {
  for (const name of Object.keys(value))
    if (!names.includes(name))
      throw new TypeError(`${who}: ${where}unknown key ${shown(name)}, known are ${listed(names)}`);
}

function readParameter(who: string, where: string, value: unknown): SavedParameter {
  if (!isRecord(value) || typeof value['name'] !== 'string')
    return refuse(who, `${where}.name must be a string`, value);
  const { name, shape, dtype, updates, slots } = value;
  if (shape !== undefined && !isShape(shape))
    refuse(who, `${where}.shape must be an array of lengths`, shape);
  if (dtype !== 'float32') refuse(who, `${where}.dtype must be "float32"`, dtype);
  const updated = count(who, `${where}.updates`, 'an integer', updates);
  if (!isRecord(slots)) return refuse(who, `${where}.slots must be an object`, slots);
  const tensors = Object.entries(slots).map(([slot, tensor]) =>
    isSavedTensor(tensor)
      ? ([slot, local(tensor)] as const)
      : refuse(
          who,
          `slot ${shorten(slot)} of "${shorten(name)}" must have a shape and as many float32 numbers`,
          tensor,
        ),
  );
  known(who, `${where}: `, value, ['name', 'shape', 'dtype', 'updates', 'slots']);
  return {
    name,
    ...(shape !== undefined && { shape: [...(shape as Shape)] }),
    dtype: 'float32',
    updates: updated,
    slots: Object.fromEntries(tensors),
  };
}

function unique(who: string, where: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new TypeError(`${who}: ${where} must have different names, got ${shown(name)} twice`);
    seen.add(name);
  }
}

/** Each item of an array, holes included; stops at the first that `read` refuses, however long the array says it is. */
function each<T>(items: readonly unknown[], read: (item: unknown, i: number) => T): T[] {
  const result: T[] = [];
  for (let i = 0; i < items.length; i++) result.push(read(items[i], i));
  return result;
}

/**
 * A state in the one form, whose optimizer and version may be any.
 *
 * @param who - the beginning of messages
 * @param readBase - reads the state of the wrapped optimizer
 * @throws TypeError for anything else
 */
export function readState(who: string, state: unknown, readBase: (base: unknown) => Base): StateDict {
  if (!isRecord(state)) return refuse(who, 'must be an object', state);
  const { format, optimizer, step, hyperparameters, globals, parameters, base } = state;
  if (typeof optimizer !== 'string') refuse(who, 'optimizer must be a string', optimizer);
  const steps = count(who, 'step', 'an integer in [0, ∞)', step);
  if (!isRecord(hyperparameters)) return refuse(who, 'hyperparameters must be an object', hyperparameters);
  if (!isRecord(globals)) return refuse(who, 'globals must be an object', globals);
  if (!Array.isArray(parameters)) return refuse(who, 'parameters must be an array', parameters);
  for (const [name, value] of Object.entries(globals))
    if (typeof value !== 'number') refuse(who, `globals.${shorten(name)} must be a number`, value);
  const read = each(parameters, (parameter, i) => readParameter(who, `parameters[${i}]`, parameter));
  unique(
    who,
    'parameters',
    read.map(({ name }) => name),
  );
  known(who, '', state, ['format', 'optimizer', 'step', 'hyperparameters', 'globals', 'parameters', 'base']);
  return {
    format: count(who, 'format', 'an integer', format) as 1,
    optimizer: optimizer as string,
    step: steps,
    hyperparameters: copyJson(`${who}: hyperparameters`, hyperparameters) as Given,
    globals: { ...globals } as Record<string, number>,
    parameters: read,
    ...(base !== undefined && { base: readBase(base) }),
  };
}

/**
 * The state of an optimizer of TensorFlow.js in the one form.
 * @throws TypeError for anything else
 */
export function readForeign(who: string, state: unknown): ForeignState {
  if (!isRecord(state) || !Array.isArray(state['weights']))
    return refuse(who, 'base must be the weights of the optimizer', state);
  const { format, optimizer } = state;
  if (typeof optimizer !== 'string') refuse(who, 'optimizer must be a string', optimizer);
  const weights = each(state['weights'], (weight, i) => {
    if (!isRecord(weight) || typeof weight['name'] !== 'string' || !isSavedTensor(weight['tensor']))
      return refuse(who, `weights[${i}] must have a name and a tensor`, weight);
    const { name, dtype, tensor } = weight;
    if (dtype !== 'float32' && dtype !== 'int32')
      return refuse(who, `weights[${i}].dtype must be "float32" or "int32"`, dtype);
    const isInt32 = (value: number): boolean => Number.isInteger(value) && value >= -limit && value < limit;
    if (dtype === 'int32' && !(tensor as SavedTensor).data.every(isInt32))
      return refuse(who, `weights[${i}] of dtype int32 must have whole numbers`, tensor);
    if (name === 'iter') {
      const { data } = tensor as SavedTensor;
      if (data.length !== 1) refuse(who, 'weight iter must be a scalar', tensor);
      count(who, 'weight iter', 'an integer in [0, ∞)', data[0]);
    }
    return { name: name as string, dtype, tensor: local(tensor as SavedTensor) };
  });
  unique(
    who,
    'weights',
    weights.map(({ name }) => name),
  );
  known(who, '', state, ['format', 'optimizer', 'weights']);
  return { format: count(who, 'format', 'an integer', format) as 1, optimizer: optimizer as string, weights };
}

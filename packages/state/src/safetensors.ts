// SPDX-License-Identifier: Apache-2.0
// A state dict as one binary file in the safetensors layout.

import { isRecord, show } from '@optim/options';
import { bytesOf, numbersOf } from './numbers.js';
import { readForeign, readState } from './form.js';
import { parseJson } from './json.js';
import { headerEnd, readHeader, writeHeader, type Place } from './layout.js';
import { fail, shorten } from './refusal.js';
import {
  isForeign,
  type ForeignState,
  type GlobalValue,
  type SavedWeight,
  type StateDict,
} from './state-dict.js';

type Tensors = Map<string, SavedWeight>;

/** How many optimizers may wrap one another. */
const mostBases = 20;
/** How many there may be in all. One that stands in several places counts in each. */
const mostOptimizers = 1000;

/** A state and all that it wraps, in the one form. */
function readWhole(
  state: unknown,
  level = 0,
  left = { optimizers: mostOptimizers },
): StateDict | ForeignState {
  if (left.optimizers-- === 0) fail(`more than ${mostOptimizers} optimizers in one`);
  if (level > mostBases) fail(`more than ${mostBases} optimizers wrap one another`);
  const who = `optimizer state${level === 0 ? '' : ': base'}`;
  if (level > 0 && isRecord(state) && 'weights' in state) return readForeign(who, state);
  return readState(who, state, (base) => readWhole(base, level + 1, left));
}

function globalTensor(name: string, value: GlobalValue): SavedWeight {
  const numbers = [value].flat();
  const data = Float32Array.from(numbers);
  const wrong = numbers.find((number, i) => Number.isFinite(number) && !Number.isFinite(data[i]));
  if (wrong !== undefined) fail(`globals.${shorten(name)} must fit a float32 number, got ${wrong}`);
  return { shape: typeof value === 'number' ? [] : [data.length], data };
}

/** Moves every tensor of a state into `tensors`, under a name, and gives back the rest, with the names in place. */
function extract(state: StateDict | ForeignState, prefix: string, tensors: Tensors): unknown {
  const put = (name: string, tensor: SavedWeight): string => {
    const full = prefix + name;
    if (tensors.has(full)) fail(`two tensors would have the name ${show(full)}`);
    tensors.set(full, tensor);
    return full;
  };
  if (isForeign(state)) {
    return {
      ...state,
      weights: state.weights.map(({ tensor, ...rest }) => ({ ...rest, tensor: put(rest.name, tensor) })),
    };
  }
  const mapped = <T>(
    record: Readonly<Record<string, T>>,
    f: (name: string, value: T) => string,
  ): Record<string, string> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(name, value)]));
  return {
    ...state,
    globals: mapped(state.globals, (name, value) => put(`#${name}`, globalTensor(name, value))),
    parameters: state.parameters.map((parameter) => ({
      ...parameter,
      slots: mapped(parameter.slots, (slot, tensor) => put(`${parameter.name}#${slot}`, tensor)),
    })),
    ...(state.base && { base: extract(state.base, `${prefix}base/`, tensors) }),
    ...(state.others && {
      others: state.others.map((other, i) => extract(other, `${prefix}base${i + 1}/`, tensors)),
    }),
  };
}

/**
 * The pieces of a file, in order: its header, then the bytes of each tensor, which are views of the numbers where they can be.
 * @throws TypeError for a state that {@link readLayout} would not give back
 */
export function encodePieces(state: StateDict): Uint8Array[] {
  const tensors: Tensors = new Map();
  const rest = extract(readWhole(state), '', tensors);
  const header = writeHeader(JSON.stringify(rest), tensors);
  return [header, ...[...tensors.values()].map(({ data }) => bytesOf(data))];
}

/**
 * Bytes of a state dict, in the safetensors layout; the parts that are not tensors are in the metadata.
 *
 * Globals are stored as float32, as optimizers keep them.
 * @throws TypeError for what {@link decodeState} would not give back: not a state dict, options that are not JSON, two
 * tensors that would have the same name in the file
 */
export function encodeState(state: StateDict): Uint8Array {
  const pieces = encodePieces(state);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Puts the tensors back where {@link extract} left their names. */
function restore(rest: unknown, tensors: Tensors): unknown {
  const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : broken());
  const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : broken());
  const take = (name: unknown): SavedWeight => {
    const tensor = tensors.get(name as string) ?? fail(`tensor ${show(name)} is missing`);
    // Twice would be a state larger than its file.
    tensors.delete(name as string);
    return tensor;
  };
  const mapped = <T>(names: unknown, f: (tensor: SavedWeight, name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record(names)).map(([name, at]) => [name, f(take(at), name)]));
  const state = record(rest);
  if ('weights' in state) {
    const weights = array(state['weights']).map((weight) => ({
      ...record(weight),
      tensor: take(record(weight)['tensor']),
    }));
    return { ...state, weights };
  }
  return {
    ...state,
    globals: mapped(state['globals'], ({ shape, data }, name) => {
      if (shape.length > 1) fail(`globals.${shorten(name)} must be a number or a vector`);
      return shape.length === 0 ? data[0]! : Array.from(data);
    }),
    parameters: array(state['parameters']).map((parameter) => ({
      ...record(parameter),
      slots: mapped(record(parameter)['slots'], (tensor) => tensor),
    })),
    ...(state['base'] !== undefined && { base: restore(state['base'], tensors) }),
    ...(state['others'] !== undefined && {
      others: array(state['others']).map((other) => restore(other, tensors)),
    }),
  };
}

function broken(): never {
  return fail('the metadata "optim" is not the state of an optimizer');
}

/**
 * The inverse of {@link encodePieces}: where a file has its tensors, and what makes the state of their bytes.
 *
 * @param header - without the 8 bytes before it
 * @param size - of the whole file
 */
export function readLayout(
  header: Uint8Array,
  size: number,
): { places: readonly Place[]; finish: (data: readonly Uint8Array[]) => StateDict } {
  const { metadata, places } = readHeader(header, size);
  const rest = parseJson('the metadata "optim"', metadata);
  const finish = (data: readonly Uint8Array[]): StateDict => {
    const tensors: Tensors = new Map(
      places.map(({ name, dtype, shape }, i) => [name, { shape, data: numbersOf(data[i]!, dtype) }]),
    );
    return readWhole(restore(rest, tensors)) as StateDict;
  };
  return { places, finish };
}

/**
 * The state dict in a file made by {@link encodeState}. Takes no more memory than the file has bytes, and time in
 * proportion to them. Whether it fits an optimizer, `loadStateDict` says.
 * @throws TypeError for a file that is truncated, not in the safetensors layout, or not the state of an optimizer
 */
export function decodeState(bytes: Uint8Array): StateDict {
  const start = headerEnd(bytes, bytes.length);
  const { places, finish } = readLayout(bytes.subarray(8, start), bytes.length);
  // Not `bytes.slice`, which for a Buffer of Node is a view.
  return finish(places.map(({ from, to }) => new Uint8Array(bytes.subarray(from, to))));
}

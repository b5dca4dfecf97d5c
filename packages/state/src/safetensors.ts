// SPDX-License-Identifier: Apache-2.0
// A state dict as one binary file in the safetensors layout: length of the header (8 bytes, little endian), header as
// JSON (name → dtype, shape, offsets), then the numbers. Python's `safetensors` reads it.

import { showShape, sizeOf, type Shape } from '@optim/fusion';
import { show } from '@optim/options';
import {
  isForeign,
  isRecord,
  isShape,
  type ForeignState,
  type SavedTensor,
  type StateDict,
} from './state-dict.js';

interface Located {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

type Tensors = Map<string, SavedTensor>;

const scalar = (value: number): SavedTensor => ({ shape: [], data: Float32Array.of(value) });

/** Moves every tensor of a state into `tensors`, under a name, and gives back the rest, with the names in place. */
function extract(state: StateDict | ForeignState, prefix: string, tensors: Tensors): unknown {
  const put = (name: string, tensor: SavedTensor): string => {
    tensors.set(prefix + name, tensor);
    return prefix + name;
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
    globals: mapped(state.globals, (name, value) => put(`#${name}`, scalar(value))),
    parameters: state.parameters.map((parameter) => ({
      ...parameter,
      slots: mapped(parameter.slots, (slot, tensor) => put(`${parameter.name}#${slot}`, tensor)),
    })),
    ...(state.base && { base: extract(state.base, `${prefix}base/`, tensors) }),
  };
}

/** Bytes of a state dict, in the safetensors layout; the parts that are not tensors are in the metadata. */
export function encodeState(state: StateDict): Uint8Array {
  const tensors: Tensors = new Map();
  const rest = extract(state, '', tensors);
  const header: Record<string, unknown> = { __metadata__: { optim: JSON.stringify(rest) } };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += 4 * data.length)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = 8 * Math.ceil(text.length / 8);
  const bytes = new Uint8Array(8 + padded + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const { data } of tensors.values())
    for (const value of data) view.setFloat32((at += 4) - 4, value, true);
  return bytes;
}

function fail(what: string): never {
  throw new TypeError(`optimizer state: ${what}`);
}

/** Puts the tensors back where {@link extract} left their names. */
function restore(rest: unknown, tensors: Tensors): StateDict | ForeignState {
  const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : broken());
  const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : broken());
  const take = (name: unknown): SavedTensor =>
    tensors.get(String(name)) ?? fail(`tensor ${show(name)} is missing`);
  const mapped = <T>(names: unknown, f: (tensor: SavedTensor) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record(names)).map(([name, at]) => [name, f(take(at))]));
  const state = record(rest);
  if ('weights' in state) {
    const weights = array(state['weights']).map((weight) => ({
      ...record(weight),
      tensor: take(record(weight)['tensor']),
    }));
    return { ...state, weights } as unknown as ForeignState;
  }
  return {
    ...state,
    globals: mapped(state['globals'], ({ data }) => data[0]!),
    parameters: array(state['parameters']).map((parameter) => ({
      ...record(parameter),
      slots: mapped(record(parameter)['slots'], (tensor) => tensor),
    })),
    ...(state['base'] !== undefined && { base: restore(state['base'], tensors) }),
  } as unknown as StateDict;
}

function broken(): never {
  return fail('the metadata "optim" is not the state of an optimizer');
}

function isLocated(value: unknown): value is Located {
  if (!isRecord(value) || !isShape(value['shape'])) return false;
  const offsets = value['data_offsets'];
  return isShape(offsets) && offsets.length === 2 && offsets[0]! <= offsets[1]!;
}

/** The value of JSON; `undefined` where it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The state dict in a file made by {@link encodeState}. Whether it fits an optimizer, `loadStateDict` says.
 * @throws TypeError for a file that is truncated, not in the safetensors layout, or not the state of an optimizer
 */
export function decodeState(bytes: Uint8Array): StateDict {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) fail(`truncated: needs at least 8 bytes, has ${bytes.length}`);
  const length = Number(view.getBigUint64(0, true));
  // The format's own limit; a file of another kind gives a random number here.
  if (length > 100e6) fail('the length of the header is impossible; this is not a safetensors file');
  const start = 8 + length;
  if (bytes.length < start) fail(`truncated: the header needs ${start} bytes, the file has ${bytes.length}`);
  const header = parse(new TextDecoder().decode(bytes.subarray(8, start)));
  if (!isRecord(header)) return fail('the header is not a JSON object; this is not a safetensors file');
  const { __metadata__: metadata, ...located } = header;
  const rest = isRecord(metadata) ? metadata['optim'] : undefined;
  if (typeof rest !== 'string') return fail('the metadata has no "optim"; this file holds something else');
  const tensors: Tensors = new Map();
  let end = start;
  for (const [name, entry] of Object.entries(located)) {
    if (!isLocated(entry)) return fail(`tensor "${name}" has no shape or offsets`);
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry;
    if (dtype !== 'F32') fail(`tensor "${name}" must be F32, got ${show(dtype)}`);
    if (to - from !== 4 * sizeOf(shape))
      fail(`tensor "${name}" of shape ${showShape(shape)} has ${to - from} bytes`);
    if (start + to > bytes.length)
      fail(`truncated: tensor "${name}" needs ${start + to} bytes, the file has ${bytes.length}`);
    const data = Float32Array.from({ length: (to - from) / 4 }, (_, i) =>
      view.getFloat32(start + from + 4 * i, true),
    );
    tensors.set(name, { shape, data });
    end = Math.max(end, start + to);
  }
  if (bytes.length > end) fail(`the tensors end at byte ${end}, the file has ${bytes.length}`);
  return restore(parse(rest), tensors) as StateDict;
}

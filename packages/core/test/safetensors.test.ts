// SPDX-License-Identifier: Apache-2.0
// The binary form, read by a second reader written from the public description of the safetensors layout, and what
// happens to files that are cut short, changed, or of another kind.

import type * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeState, encodeState, type StateDict } from '../src/index.js';
import { largest } from './hooks.js';
import { Heavy, read, step, variable } from './rules.js';

let optimizer: Heavy;
let a: tf.Variable;
let b: tf.Variable;
let state: StateDict;
let bytes: Uint8Array;

beforeEach(async () => {
  optimizer = new Heavy({ transforms: [largest()] });
  a = variable('dense_1/kernel', [1, 2]);
  b = variable('ü "quoted"', 3);
  step(optimizer, a, b);
  state = await optimizer.stateDict();
  bytes = encodeState(state);
});

afterEach(() => {
  optimizer.dispose();
  a.dispose();
  b.dispose();
});

interface Header {
  __metadata__: Record<string, string>;
  [name: string]: unknown;
}

function split(file: Uint8Array): { header: Header; body: Uint8Array; length: number } {
  const view = new DataView(file.buffer, file.byteOffset);
  // 8 bytes, little endian, of which no header needs more than four.
  expect(view.getUint32(4, true)).toBe(0);
  const length = view.getUint32(0, true);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + length));
  return { header: JSON.parse(text) as Header, body: file.subarray(8 + length), length };
}

function join(header: unknown, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + body.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  file.set(body, 8 + text.length);
  return file;
}

describe('the layout', () => {
  it('is that of safetensors', () => {
    const { header, body, length } = split(bytes);
    expect(length % 8).toBe(0);
    expect(bytes[8]).toBe('{'.charCodeAt(0));
    const { __metadata__: metadata, ...tensors } = header;
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
    const found: Record<string, { shape: number[]; numbers: number[] }> = {};
    let end = 0;
    for (const [name, entry] of Object.entries(tensors)) {
      const {
        dtype,
        shape,
        data_offsets: [from, to],
      } = entry as { dtype: string; shape: number[]; data_offsets: [number, number] };
      expect(dtype).toBe('F32');
      // No holes, nothing twice.
      expect(from).toBe(end);
      end = to;
      expect(to - from).toBe(4 * shape.reduce((x, y) => x * y, 1));
      const view = new DataView(body.buffer, body.byteOffset + from);
      found[name] = {
        shape,
        numbers: Array.from({ length: (to - from) / 4 }, (_, i) => view.getFloat32(4 * i, true)),
      };
    }
    expect(end).toBe(body.length);
    const third = Math.fround(1 / 3);
    expect(found).toEqual({
      '#largest.most': { shape: [], numbers: [3] },
      'dense_1/kernel#m': { shape: [2], numbers: [third, third] },
      'ü "quoted"#m': { shape: [], numbers: [third] },
    });
    expect(Object.keys(metadata)).toEqual(['optim']);
    expect(JSON.parse(metadata['optim']!)).toMatchObject({ format: 1, optimizer: 'Heavy', step: 1 });
  });

  it('gives the state back as it was', async () => {
    expect(decodeState(bytes)).toEqual(state);
    expect(decodeState(encodeState(decodeState(bytes)))).toEqual(state);
  });

  it('does not mind where in a buffer it stands, nor the order of its tensors', () => {
    const buffer = new Uint8Array(bytes.length + 3);
    buffer.set(bytes, 3);
    expect(decodeState(buffer.subarray(3))).toEqual(state);
    const { header, body } = split(bytes);
    expect(decodeState(join(Object.fromEntries(Object.entries(header).reverse()), body))).toEqual(state);
  });

  it('holds states without any tensor, and numbers that are none', () => {
    const empty = { ...state, globals: {}, parameters: [] };
    expect(decodeState(encodeState(empty))).toEqual(empty);
    const odd = { ...state, globals: { 'largest.most': Infinity } };
    expect(decodeState(encodeState(odd))).toEqual(odd);
    expect(decodeState(encodeState({ ...state, globals: { x: NaN } })).globals).toEqual({ x: NaN });
  });
});

describe('a file that is cut short', () => {
  it('is refused, wherever it ends', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.slice(0, length)), `of ${length} bytes`).toThrow(
        /^optimizer state: truncated: /,
      );
    }
  });

  it('says what is missing', () => {
    const { length } = split(bytes);
    const refusal =
      (kept: number): (() => unknown) =>
      () =>
        decodeState(bytes.slice(0, kept));
    expect(refusal(0)).toThrow(new TypeError('optimizer state: truncated: needs at least 8 bytes, has 0'));
    expect(refusal(100)).toThrow(
      new TypeError(`optimizer state: truncated: the header needs ${8 + length} bytes, the file has 100`),
    );
    expect(refusal(bytes.length - 1)).toThrow(
      new TypeError(
        `optimizer state: truncated: tensor "ü "quoted"#m" needs ${bytes.length} bytes, the file has ${bytes.length - 1}`,
      ),
    );
  });
});

describe('a foreign file', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const none = new Uint8Array(0);
  const weight = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const optim = (rest: unknown): object => ({ __metadata__: { optim: JSON.stringify(rest) } });

  it.each([
    [
      'JSON',
      text('{"format": 1, "optimizer": "Heavy"}'),
      'the length of the header is impossible; this is not a safetensors file',
    ],
    [
      'a header that is no JSON',
      join('{"a": ', none),
      'the header is not a JSON object; this is not a safetensors file',
    ],
    [
      'a header that is no object',
      join('[1]', none),
      'the header is not a JSON object; this is not a safetensors file',
    ],
    [
      'weights of a model',
      join({ weight }, new Uint8Array(4)),
      'the metadata has no "optim"; this file holds something else',
    ],
    [
      'metadata of others',
      join({ __metadata__: { format: 'pt' }, weight }, new Uint8Array(4)),
      'the metadata has no "optim"; this file holds something else',
    ],
    [
      'metadata that is no JSON',
      join({ __metadata__: { optim: '{' } }, none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'metadata that is no state',
      join(optim([1]), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'a state without globals',
      join(optim({ parameters: [] }), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'a state without parameters',
      join(optim({ globals: {} }), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'a parameter without slots',
      join(optim({ globals: {}, parameters: [{}] }), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'weights that are no list',
      join(optim({ weights: {} }), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'a base that is none',
      join(optim({ globals: {}, parameters: [], base: 3 }), none),
      'the metadata "optim" is not the state of an optimizer',
    ],
    [
      'a tensor too few',
      join(optim({ globals: { d: '#d' }, parameters: [] }), none),
      'tensor "#d" is missing',
    ],
    [
      'a tensor of half floats',
      join({ ...optim({}), weight: { ...weight, dtype: 'F16' } }, none),
      'tensor "weight" must be F32 or I32, got "F16"',
    ],
    [
      'a tensor of nothing',
      join({ ...optim({}), weight: null }, none),
      'tensor "weight" has no shape or offsets',
    ],
    [
      'a tensor with wrong offsets',
      join({ ...optim({}), weight: { ...weight, data_offsets: [4, 0] } }, none),
      'tensor "weight" has no shape or offsets',
    ],
    [
      'a tensor of another size',
      join({ ...optim({}), weight: { ...weight, shape: [2] } }, new Uint8Array(8)),
      'tensor "weight" of shape [2] has 4 bytes',
    ],
  ])('is refused: %s', (_, file, message) => {
    expect(() => decodeState(file)).toThrow(new TypeError(`optimizer state: ${message}`));
  });

  it('is refused: one with more than its header tells', () => {
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeState(longer)).toThrow(
      new TypeError(
        `optimizer state: the tensors end at byte ${bytes.length}, the file has ${bytes.length + 1}`,
      ),
    );
  });

  it('of another optimizer or version changes nothing', async () => {
    const file = (change: object): Uint8Array => encodeState({ ...state, ...change });
    const load = (given: Uint8Array): Promise<void> => optimizer.loadStateDict(decodeState(given));
    await expect(load(file({ optimizer: 'Adam' }))).rejects.toThrow(
      new RangeError('Heavy: state dict: optimizer must be "Heavy", got "Adam"'),
    );
    await expect(load(file({ format: 2 }))).rejects.toThrow(
      new RangeError('Heavy: state dict: format must be 1, got 2'),
    );
    expect(await optimizer.stateDict()).toEqual(state);
    step(optimizer, a, b);
    expect(optimizer.iterations).toBe(2);
    expect(await read(b)).toHaveLength(1);
  });
});

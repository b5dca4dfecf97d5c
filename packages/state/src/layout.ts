// SPDX-License-Identifier: Apache-2.0
// The safetensors layout: length of the header (8 bytes, little endian), header as JSON (name → dtype, shape, offsets), then
// the numbers. Python's `safetensors` reads it.

import { isRecord, show } from '@optim/options';
import { showShape, sizeOf, type Shape } from '@optim/fusion';
import { isDtype, type Dtype } from './numbers.js';
import { isShape } from './form.js';
import { parseJson } from './json.js';
import { fail, shorten } from './refusal.js';
import type { SavedWeight } from './state-dict.js';

/** Where a tensor is, in bytes from the start of the file. */
export interface Place {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly from: number;
  readonly to: number;
}

/** The format's own limit for the length of a header. */
const longest = 100e6;

/** The first 8 bytes and the header. */
export function writeHeader(metadata: string, tensors: ReadonlyMap<string, SavedWeight>): Uint8Array {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]): [string, object] => [
    name,
    {
      dtype: data instanceof Int32Array ? 'I32' : 'F32',
      shape,
      data_offsets: [end, (end += 4 * data.length)],
    },
  ]);
  const header = Object.fromEntries([['__metadata__', { optim: metadata }], ...entries]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = 8 * Math.ceil(text.length / 8);
  if (length > longest) fail(`the header would have ${length} bytes; the format allows ${longest}`);
  const bytes = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

/**
 * Where the header ends and the numbers begin, from the first 8 bytes of a file of `size` bytes.
 *
 * @param refuse - throws for a file that cannot be in this layout
 */
export function headerEnd(bytes: Uint8Array, size: number, refuse: (what: string) => never = fail): number {
  if (size < 8) refuse(`truncated: needs at least 8 bytes, has ${size}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  // A file of another kind gives a random number here.
  if (length > longest) refuse('the length of the header is impossible; this is not a safetensors file');
  if (size < 8 + length) refuse(`truncated: the header needs ${8 + length} bytes, the file has ${size}`);
  return 8 + length;
}

function textOf(bytes: Uint8Array): string {
  try {
    // A mark of the byte order would be dropped otherwise; the format has none.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

function isOffsets(value: unknown): value is readonly [number, number] {
  return isShape(value) && value.length === 2 && value[0]! <= value[1]!;
}

function place(name: string, entry: unknown, start: number): Place {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!isShape(shape) || !isOffsets(offsets))
    return fail(`tensor "${shorten(name)}" has no shape or offsets`);
  if (!isDtype(dtype)) return fail(`tensor "${shorten(name)}" must be F32 or I32, got ${show(dtype)}`);
  const [from, to] = offsets;
  if (to - from !== 4 * sizeOf(shape))
    fail(`tensor "${shorten(name)}" of shape ${shorten(showShape(shape))} has ${to - from} bytes`);
  return { name, dtype, shape, from: start + from, to: start + to };
}

/**
 * What a header says.
 *
 * @param bytes - the header, without the 8 bytes before it
 * @param size - of the whole file
 * @throws TypeError unless its tensors cover the rest of the file once, without holes
 */
export function readHeader(bytes: Uint8Array, size: number): { metadata: string; places: Place[] } {
  const text = textOf(bytes);
  const header = text.startsWith('{') ? parseJson('the header', text, true) : undefined;
  if (!isRecord(header)) return fail('the header is not a JSON object; this is not a safetensors file');
  const { __metadata__: metadata, ...entries } = header;
  if (!isRecord(metadata) || typeof metadata['optim'] !== 'string')
    return fail('the metadata has no "optim"; this file holds something else');
  for (const [name, value] of Object.entries(metadata))
    if (typeof value !== 'string')
      fail(`the metadata "${shorten(name)}" must be a string, got ${show(value)}`);
  const start = 8 + bytes.length;
  const places = Object.entries(entries)
    .map(([name, entry]) => place(name, entry, start))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let end = start;
  for (const { name, from, to } of places) {
    if (from !== end)
      fail(`tensor "${shorten(name)}" must start at byte ${end}, where the one before it ends, got ${from}`);
    if (to > size) fail(`truncated: tensor "${shorten(name)}" needs ${to} bytes, the file has ${size}`);
    end = to;
  }
  if (size > end) fail(`the tensors end at byte ${end}, the file has ${size}`);
  return { metadata: metadata['optim'], places };
}

// SPDX-License-Identifier: Apache-2.0
// The safetensors layout: length of the header (8 bytes, little endian), header as JSON (name → dtype, shape, offsets), then
// the numbers.

import { custom, isRecord, resolveOptions, show, type OptionTable } from '@optim/options';
import { headerEnd, parseJson } from '@optim/state';
import { bytesOf, isDtype, isFileTensor, isMap, numbersOf, sizeOf, widthOf } from './numbers.js';
import type { Dtype, FileTensor } from './numbers.js';
import { broken } from './refusal.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const fail = (what: string): never => broken('readSafetensors', what);

interface Place {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

const isLengths = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length <= 32 && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function place([name, entry]: [string, unknown]): Place {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const what = `tensor ${show(name)}`;
  if (!isLengths(shape) || !isLengths(offsets) || offsets.length !== 2)
    return fail(`${what} has no shape or offsets`);
  if (!isDtype(dtype)) return fail(`${what} must be of a dtype that is known, got ${show(dtype)}`);
  const [from, to] = offsets as [number, number];
  if (to - from !== widthOf(dtype) * sizeOf(shape))
    fail(`${what} of shape ${show(shape)} has ${to - from} bytes`);
  return { name, dtype, shape, from, to };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('the header is not UTF-8; this is not a safetensors file');
  }
}

/**
 * The tensors and the metadata of a safetensors file. Takes memory and time in proportion to its bytes.
 *
 * @throws TypeError for a file that is truncated or malformed: a name twice, tensors that overlap, leave holes or end
 * elsewhere than the file, a dtype that is not known
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (!(bytes instanceof Uint8Array)) fail(`the file must be a Uint8Array, got ${show(bytes)}`);
  const start = headerEnd(bytes, bytes.length, fail);
  const text = textOf(bytes.subarray(8, start));
  const header = text.startsWith('{') ? parseJson('readSafetensors: the header', text, true) : undefined;
  if (!isRecord(header)) return fail('the header is not a JSON object; this is not a safetensors file');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata)) return fail('the metadata must be an object');
  for (const [name, value] of Object.entries(metadata))
    if (typeof value !== 'string') fail(`the metadata ${show(name)} must be a string, got ${show(value)}`);
  const places = Object.entries(entries)
    .map(place)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of places) {
    if (from !== end)
      fail(
        `tensor ${show(name)} must start at byte ${end} of the numbers, where the one before it ends, got ${from}`,
      );
    end = to;
  }
  if (start + end !== bytes.length)
    fail(
      `${start + end > bytes.length ? 'truncated: ' : ''}the tensors end at byte ${start + end}, the file has ${bytes.length}`,
    );
  const tensors = places.map(({ name, dtype, shape, from, to }) => {
    const data = numbersOf(dtype, bytes.subarray(start + from, start + to));
    return [name, { dtype, shape, data }] as const;
  });
  return { tensors: new Map(tensors), metadata: metadata as Record<string, string> };
}

const table: OptionTable<Safetensors> = {
  tensors: /* #__PURE__ */ custom('a Map of tensors by name', isMap),
  metadata: /* #__PURE__ */ custom('an object of strings', isRecord),
};

/** JSON in JavaScript can say more than Unicode; other readers refuse it. */
function assertUnicode(text: string): void {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text))
    broken('writeSafetensors', `names and metadata must be strings of Unicode, got ${show(text)}`);
}

/** The order in which Python's `safetensors` writes tensors: widest first, so that each is aligned; then by name. */
const order: readonly Dtype[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'U8', 'BOOL'];

/**
 * A safetensors file: byte for byte that of Python's `safetensors` for the same tensors and metadata, but for the order of
 * the metadata, which is random there.
 *
 * @throws TypeError for what is no tensor, or a name that the format does not allow
 */
export function writeSafetensors(file: Safetensors): Uint8Array {
  const { tensors, metadata } = resolveOptions<Safetensors>('writeSafetensors', table, file);
  for (const [name, tensor] of tensors) {
    if (name === '__metadata__') broken('writeSafetensors', 'no tensor can have the name "__metadata__"');
    assertUnicode(name);
    if (!isFileTensor(tensor))
      broken(
        'writeSafetensors',
        `tensor ${show(name)} must have a dtype, a shape and as many numbers of that dtype, got ${show(tensor)}`,
      );
  }
  for (const text of Object.entries(metadata).flat()) assertUnicode(text);
  const sorted = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => order.indexOf(x) - order.indexOf(y) || (a < b ? -1 : 1),
  );
  let end = 0;
  const entries = sorted.map(([name, { dtype, shape, data }]) => {
    const entry = { dtype, shape, data_offsets: [end, (end += data.byteLength)] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  if (Object.keys(metadata).length > 0) entries.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const text = new TextEncoder().encode(`{${entries.join(',')}}`);
  const start = 8 + 8 * Math.ceil(text.length / 8);
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const [, tensor] of sorted) {
    bytes.set(bytesOf(tensor), at);
    at += tensor.data.byteLength;
  }
  return bytes;
}

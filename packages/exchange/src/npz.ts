// SPDX-License-Identifier: Apache-2.0
// Arrays by name as `numpy.savez` writes them: a zip archive of .npy files that are not compressed.

import { show } from '@optim/options';
import { crcOf } from './crc.js';
import { decodeNpy, encodeNpy, isNumpys } from './npy.js';
import { isFileTensor, isMap, type FileTensor } from './numbers.js';
import { broken } from './refusal.js';
import { central, elsewhere, isSafe, last, local, readZip } from './zip.js';

const fail = (what: string): never => broken('readNpz', what);

/** Whether a member has the name of an array. */
const isArrays = (name: string): boolean => isSafe(name) && name.endsWith('.npy') && name.length > 4;

/**
 * The arrays of an .npz file by name, in its order. Takes memory and time in proportion to its bytes.
 *
 * @throws TypeError for a file that is truncated or malformed: compressed or encrypted members, a name twice or one that leads
 * out of a folder, members that overlap, checksums that are wrong, arrays whose shape and bytes differ
 */
export function readNpz(bytes: Uint8Array): Map<string, FileTensor> {
  return npzIn(readZip(bytes, fail));
}

/** The arrays among the members of an archive, all of which must be such. */
export function npzIn(members: ReadonlyMap<string, Uint8Array>): Map<string, FileTensor> {
  return new Map(
    [...members].map(([member, content]) => {
      if (!isArrays(member)) fail(`the members must be named like "x.npy", got ${show(member)}`);
      const name = member.slice(0, -4);
      return [name, decodeNpy(content, (what) => fail(`array ${show(name)} ${what}`))];
    }),
  );
}

/** Numbers of a record, each with its bytes. */
function record(...fields: readonly (readonly [value: number, bytes: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of fields)
    for (let i = 0; i < width; i++) bytes[at++] = Math.floor(value / 256 ** i) % 256;
  return bytes;
}

/** 1980-01-01, the first day that the format knows; numpy writes it too. */
const day = 0x21;

/**
 * An .npz file: byte for byte that of `numpy.savez` for the same arrays in the same order.
 *
 * @throws TypeError for what is no array of numpy, or a name that {@link readNpz} would refuse; RangeError above 4 GiB
 */
export function writeNpz(arrays: ReadonlyMap<string, FileTensor>): Uint8Array {
  if (!isMap(arrays)) broken('writeNpz', `the arrays must be a Map by name, got ${show(arrays)}`);
  const pieces: Uint8Array[] = [];
  const list: Uint8Array[] = [];
  let at = 0;
  const put = (...parts: Uint8Array[]): void => {
    pieces.push(...parts);
    at += parts.reduce((sum, { length }) => sum + length, 0);
  };
  for (const [key, tensor] of arrays) {
    if (typeof key !== 'string')
      broken('writeNpz', `the name of an array must be a string, got ${show(key)}`);
    if (!isFileTensor(tensor) || !isNumpys(tensor.dtype))
      broken(
        'writeNpz',
        `array ${show(key)} must have a dtype of numpy, a shape and as many numbers of that dtype, got ${show(tensor)}`,
      );
    const name = new TextEncoder().encode(`${key}.npy`);
    if (!isArrays(`${key}.npy`))
      broken('writeNpz', `the members must be named like "x.npy", got ${show(`${key}.npy`)}`);
    if (new TextDecoder().decode(name) !== `${key}.npy`)
      broken('writeNpz', `the name ${show(key)} is not Unicode`);
    const content = encodeNpy(tensor);
    const size = content.length;
    // Names outside of ASCII are marked as UTF-8.
    const flags = name.every((byte) => byte < 128) ? 0 : 0x800;
    const crc = crcOf(content);
    list.push(
      record(
        [central, 4],
        [0x32d, 2],
        [45, 2],
        [flags, 2],
        [0, 2],
        [0, 2],
        [day, 2],
        [crc, 4],
        [size, 4],
        [size, 4],
      ),
      record([name.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0o600 * 65536, 4], [at, 4]),
      name,
    );
    put(
      record(
        [local, 4],
        [45, 2],
        [flags, 2],
        [0, 2],
        [0, 2],
        [day, 2],
        [crc, 4],
        [elsewhere, 4],
        [elsewhere, 4],
      ),
      record([name.length, 2], [20, 2]),
      name,
      record([1, 2], [16, 2], [size, 8], [size, 8]),
      content,
    );
  }
  const start = at;
  // One by one: a call takes only so many arguments.
  for (const piece of list) put(piece);
  if (at >= elsewhere || arrays.size >= 0xffff)
    throw new RangeError(`writeNpz: the archive must have less than 4 GiB and 65535 arrays, got ${at} bytes`);
  put(record([last, 4], [0, 4], [arrays.size, 2], [arrays.size, 2], [at - start, 4], [start, 4], [0, 2]));
  const bytes = new Uint8Array(at);
  let to = 0;
  for (const piece of pieces) {
    bytes.set(piece, to);
    to += piece.length;
  }
  return bytes;
}

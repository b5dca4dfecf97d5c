// SPDX-License-Identifier: Apache-2.0
// Arrays by name as `numpy.savez` writes them: a zip archive of .npy files that are not compressed.

import { show } from '@optim/options';
import { crcOf } from './crc.js';
import { decodeNpy, encodeNpy, isNumpys } from './npy.js';
import { isFileTensor, type FileTensor } from './numbers.js';
import { broken } from './refusal.js';

const fail = (what: string): never => broken('readNpz', what);

const local = 0x04034b50;
const central = 0x02014b50;
const last = 0x06054b50;
/** What stands for a length that the archive gives elsewhere, in 64 bits. */
const elsewhere = 0xffffffff;

interface Member {
  readonly name: string;
  readonly crc: number;
  readonly size: number;
  readonly at: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Where the last record begins, which a comment of up to 2¹⁶ − 1 bytes may follow. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--)
    if (view.getUint32(at, true) === last && at + 22 + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  return fail('truncated, or not a zip archive');
}

function nameOf(bytes: Uint8Array): string {
  const name = new TextDecoder().decode(bytes);
  const isSafe = /^[^\p{Cc}\\:]+\.npy$/u.test(name) && !/^\/|(^|\/)\.\.?(\/|$)/.test(name);
  if (!isSafe) fail(`the members must be named like "x.npy", got ${show(name)}`);
  return name;
}

/** One entry of the list of members; `at` begins it. */
function memberAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
): { member: Member; next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== central) fail('the list of members is broken');
  const length = view.getUint16(at + 28, true);
  const next = at + 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) fail('the list of members is broken');
  const name = nameOf(bytes.subarray(at + 46, at + 46 + length));
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  if (flags & 1) fail(`member ${show(name)} is encrypted`);
  if (method !== 0) fail(`member ${show(name)} is compressed; write the file with numpy.savez`);
  const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (size === elsewhere || packed !== size) fail(`member ${show(name)} has an impossible size`);
  return {
    member: { name, crc: view.getUint32(at + 16, true), size, at: view.getUint32(at + 42, true) },
    next,
  };
}

function membersOf(bytes: Uint8Array, view: DataView): { members: Member[]; start: number } {
  const end = endOf(view);
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (start + size !== end) fail('the list of members does not end where the archive does');
  const members: Member[] = [];
  let at = start;
  while (at < end) {
    const { member, next } = memberAt(bytes, view, at, end);
    members.push(member);
    at = next;
  }
  if (members.length !== count) fail(`the archive says ${count} members and lists ${members.length}`);
  return { members, start };
}

/** The bytes of a member, and where they end. */
function contentOf(
  bytes: Uint8Array,
  view: DataView,
  { name, crc, size, at }: Member,
  end: number,
): Uint8Array {
  const what = `member ${show(name)}`;
  if (at + 30 > end) return fail(`${what} overlaps what follows`);
  if (view.getUint32(at, true) !== local) return fail(`${what} is not where the list says`);
  const length = view.getUint16(at + 26, true);
  const from = at + 30 + length + view.getUint16(at + 28, true);
  if (from + size > end) fail(`${what} needs ${size} bytes, and overlaps what follows`);
  if (view.getUint16(at + 8, true) !== 0 || nameOf(bytes.subarray(at + 30, at + 30 + length)) !== name)
    fail(`${what} is another one than the list says`);
  const content = bytes.subarray(from, from + size);
  if (crcOf(content) !== crc) fail(`${what} has another checksum than the list says: the file is damaged`);
  return content;
}

/**
 * The arrays of an .npz file by name, in its order. Takes memory and time in proportion to its bytes.
 *
 * @throws TypeError for a file that is truncated or malformed: compressed or encrypted members, a name twice or one that leads
 * out of a folder, members that overlap, checksums that are wrong, arrays whose shape and bytes differ
 */
export function readNpz(bytes: Uint8Array): Map<string, FileTensor> {
  if (!(bytes instanceof Uint8Array)) fail(`the file must be a Uint8Array, got ${show(bytes)}`);
  const view = viewOf(bytes);
  const { members, start } = membersOf(bytes, view);
  const placed = [...members].sort((a, b) => a.at - b.at);
  const ends = new Map(placed.map((member, i) => [member, placed[i + 1]?.at ?? start]));
  const arrays = new Map<string, FileTensor>();
  for (const member of members) {
    const name = member.name.slice(0, -4);
    if (arrays.has(name)) fail(`the name ${show(name)} is there twice`);
    const content = contentOf(bytes, view, member, ends.get(member)!);
    arrays.set(
      name,
      decodeNpy(content, (what) => fail(`array ${show(name)} ${what}`)),
    );
  }
  return arrays;
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
  const pieces: Uint8Array[] = [];
  const list: Uint8Array[] = [];
  let at = 0;
  const put = (...parts: Uint8Array[]): void => {
    pieces.push(...parts);
    at += parts.reduce((sum, { length }) => sum + length, 0);
  };
  for (const [key, tensor] of arrays) {
    if (!isFileTensor(tensor) || !isNumpys(tensor.dtype))
      broken(
        'writeNpz',
        `array ${show(key)} must have a dtype of numpy, a shape and as many numbers of that dtype`,
      );
    const name = new TextEncoder().encode(`${key}.npy`);
    if (nameOf(name) !== `${key}.npy`) broken('writeNpz', `the name ${show(key)} is not Unicode`);
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
  put(...list);
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

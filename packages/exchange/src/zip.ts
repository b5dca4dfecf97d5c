// SPDX-License-Identifier: Apache-2.0
// The members of a zip archive that are not compressed.

import { show } from '@optim/options';
import { crcOf } from './crc.js';

/** The refusal of a file: says what is wrong with it. */
type Fail = (what: string) => never;

/** What the records of a zip archive begin with. */
export const local = 0x04034b50;
export const central = 0x02014b50;
export const last = 0x06054b50;
/** What stands for a length that the archive gives elsewhere, in 64 bits. */
export const elsewhere = 0xffffffff;

interface Member {
  readonly name: string;
  readonly crc: number;
  readonly size: number;
  readonly at: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Whether a name leads nowhere outside of a folder. */
export function isSafe(name: string): boolean {
  return /^[^\p{Cc}\\:]+$/u.test(name) && !/^\/|(^|\/)\.\.?(\/|$)/.test(name);
}

/** Where the last record begins, which a comment of up to 2¹⁶ − 1 bytes may follow. */
function endOf(view: DataView, fail: Fail): number {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--)
    if (view.getUint32(at, true) === last && at + 22 + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  return fail('truncated, or not a zip archive');
}

function nameOf(bytes: Uint8Array, fail: Fail): string {
  const name = new TextDecoder().decode(bytes);
  if (!isSafe(name)) fail(`the members must be named like files of a folder, got ${show(name)}`);
  return name;
}

/** One entry of the list of members; `at` begins it. */
function memberAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  fail: Fail,
): { member: Member; next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== central) fail('the list of members is broken');
  const length = view.getUint16(at + 28, true);
  const next = at + 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) fail('the list of members is broken');
  const name = nameOf(bytes.subarray(at + 46, at + 46 + length), fail);
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

function membersOf(bytes: Uint8Array, view: DataView, fail: Fail): { members: Member[]; start: number } {
  const end = endOf(view, fail);
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (start + size !== end) fail('the list of members does not end where the archive does');
  const members: Member[] = [];
  let at = start;
  while (at < end) {
    const { member, next } = memberAt(bytes, view, at, end, fail);
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
  fail: Fail,
): Uint8Array {
  const what = `member ${show(name)}`;
  if (at + 30 > end) return fail(`${what} overlaps what follows`);
  if (view.getUint32(at, true) !== local) return fail(`${what} is not where the list says`);
  const length = view.getUint16(at + 26, true);
  const from = at + 30 + length + view.getUint16(at + 28, true);
  if (from + size > end) fail(`${what} needs ${size} bytes, and overlaps what follows`);
  if (view.getUint16(at + 8, true) !== 0 || nameOf(bytes.subarray(at + 30, at + 30 + length), fail) !== name)
    fail(`${what} is another one than the list says`);
  const content = bytes.subarray(from, from + size);
  if (crcOf(content) !== crc) fail(`${what} has another checksum than the list says: the file is damaged`);
  return content;
}

/** The members of an archive by name, in its order; their bytes are those of the archive, not copies. */
export function readZip(bytes: Uint8Array, fail: Fail): Map<string, Uint8Array> {
  if (!(bytes instanceof Uint8Array)) fail(`the file must be a Uint8Array, got ${show(bytes)}`);
  const view = viewOf(bytes);
  const { members, start } = membersOf(bytes, view, fail);
  const placed = [...members].sort((a, b) => a.at - b.at);
  const ends = new Map(placed.map((member, i) => [member, placed[i + 1]?.at ?? start]));
  const contents = new Map<string, Uint8Array>();
  for (const member of members) {
    if (contents.has(member.name)) fail(`the name ${show(member.name)} is there twice`);
    contents.set(member.name, contentOf(bytes, view, member, ends.get(member)!, fail));
  }
  return contents;
}

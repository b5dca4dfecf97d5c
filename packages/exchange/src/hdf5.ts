// SPDX-License-Identifier: Apache-2.0
// Arrays by name in an HDF5 file, as far as h5py writes it for Keras: groups with symbol tables, arrays in one piece. Written from
// the HDF Group's "HDF5 File Format Specification", version 3.0; the sections are named at each function.

import { show } from '@optim/options';
import { dtypeIn, layoutIn, shapeIn, type Layout } from './hdf5-messages.js';
import { numbersOf, sizeOf, widthOf, type FileTensor } from './numbers.js';
import { broken } from './refusal.js';

const fail = (what: string): never => broken('readHdf5', what);

const signature = '\x89HDF\r\n\x1a\n';

/** Whether a file says that it is one of HDF5. */
export function isHdf5(bytes: Uint8Array): boolean {
  return [...signature].every((char, i) => bytes[i] === char.charCodeAt(0));
}

interface Message {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Types of messages in the header of an object. */
const kinds = {
  dataspace: 1,
  datatype: 3,
  layout: 8,
  filters: 11,
  continuation: 16,
  symbolTable: 17,
} as const;

/** A file, each part of which is read once: what leads back to a part, or to one that is used already, is broken. */
class Hdf5 {
  readonly #view: DataView;
  readonly #seen = new Set<number>();
  #left: number;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#left = bytes.length;
  }

  /** II.A, superblock: the address of the root group's header. */
  root(): number {
    if (!isHdf5(this.bytes)) fail('not a file of HDF5');
    this.#assertWithin(0, 96);
    const [version, offsets, lengths] = [8, 13, 14].map((at) => this.bytes[at]);
    if (version !== 0)
      fail(`superblocks of version ${version} are not read; write the file with h5py's default libver`);
    if (offsets !== 8 || lengths !== 8 || this.#address(24) !== 0)
      fail('addresses must be of 8 bytes, from the start');
    return this.#address(64);
  }

  /** The members of a group, by name. */
  group(header: number): Map<string, number> {
    const table = this.#messages(header).find(({ type }) => type === kinds.symbolTable);
    if (!table) return fail("a group must have a symbol table; write the file with h5py's default libver");
    const view = new DataView(table.data.buffer, table.data.byteOffset, table.data.length);
    if (view.byteLength < 16) fail('a symbol table is truncated');
    const names = this.#heap(Number(view.getBigUint64(8, true)));
    const members = new Map<string, number>();
    this.#tree(Number(view.getBigUint64(0, true)), names, members);
    return members;
  }

  /** An array; `null` for a group. */
  array(header: number, name: string): FileTensor | null {
    const messages = this.#messages(header);
    if (messages.some(({ type }) => type === kinds.symbolTable)) return null;
    const only = (type: number, what: string): Uint8Array =>
      messages.find((message) => message.type === type)?.data ??
      fail(`${show(name)} is no array: it has no ${what}`);
    const refuse = (what: string): never => fail(`array ${show(name)} ${what}`);
    if (messages.some(({ type }) => type === kinds.filters)) refuse('is compressed');
    const shape = shapeIn(only(kinds.dataspace, 'shape'), refuse);
    const dtype = dtypeIn(only(kinds.datatype, 'type'), refuse);
    const numbers = this.#numbers(layoutIn(only(kinds.layout, 'numbers'), refuse), refuse);
    if (numbers.length !== widthOf(dtype) * sizeOf(shape))
      refuse(`of shape [${shape.join(', ')}] has ${numbers.length} bytes`);
    return { dtype, shape, data: numbersOf(dtype, numbers) };
  }

  #numbers(layout: Layout, refuse: (what: string) => never): Uint8Array {
    if (layout.data) return layout.data;
    const { address, size } = layout;
    if (size === 0) return new Uint8Array(0);
    if (!(address + size <= this.bytes.length)) refuse('is truncated');
    this.#spend(size);
    return this.bytes.subarray(address, address + size);
  }

  /** IV.A.1.a, object header of version 1. */
  #messages(header: number): Message[] {
    this.#begin(header, 16);
    if (this.bytes[header] !== 1)
      fail("headers of objects must be of version 1; write the file with h5py's default libver");
    const messages: Message[] = [];
    const blocks = [[header + 16, this.#view.getUint32(header + 8, true)] as const];
    for (let block = blocks.pop(); block; block = blocks.pop()) {
      const [from, length] = block;
      this.#assertWithin(from, length);
      this.#spend(length);
      for (let at = from; at + 8 <= from + length;) {
        const [type, size] = [this.#view.getUint16(at, true), this.#view.getUint16(at + 2, true)];
        const isShared = (this.bytes[at + 4]! & 2) !== 0;
        if (at + 8 + size > from + length) fail('a message of an object is truncated');
        const data = this.bytes.subarray(at + 8, at + 8 + size);
        if (type === kinds.continuation) {
          if (size < 16) fail('a message of an object is truncated');
          const next = this.#address(at + 8);
          this.#begin(next, 8);
          blocks.push([next, this.#address(at + 16)]);
        } else if (!isShared) messages.push({ type, data });
        at += 8 + size;
      }
    }
    return messages;
  }

  /** III.A.1 and III.B, the tree of a group and its leaves. */
  #tree(node: number, names: Uint8Array, members: Map<string, number>, below = 256): void {
    this.#begin(node, 8);
    const kind = this.#text(node);
    const count = this.#view.getUint16(node + 6, true);
    if (kind === 'SNOD') {
      this.#assertWithin(node + 8, 40 * count);
      this.#spend(40 * count);
      for (let at = node + 8; at < node + 8 + 40 * count; at += 40) {
        const name = this.#name(names, this.#address(at));
        if (members.has(name)) fail(`the name ${show(name)} is there twice`);
        members.set(name, this.#address(at + 8));
      }
      return;
    }
    const level = this.bytes[node + 5]!;
    if (kind !== 'TREE' || this.bytes[node + 4] !== 0 || level >= below)
      fail('the tree of a group is broken');
    this.#assertWithin(node + 24, 8 + 16 * count);
    this.#spend(16 * count);
    for (let i = 0; i < count; i++) this.#tree(this.#address(node + 32 + 16 * i), names, members, level);
  }

  /** III.D, local heap: the names of a group. */
  #heap(at: number): Uint8Array {
    this.#begin(at, 32);
    if (this.#text(at) !== 'HEAP') fail('the names of a group are missing');
    const [size, from] = [this.#address(at + 8), this.#address(at + 24)];
    this.#assertWithin(from, size);
    return this.bytes.subarray(from, from + size);
  }

  #name(names: Uint8Array, from: number): string {
    const end = names.subarray(0, from + 256).indexOf(0, from);
    if (end < 0) fail('a name is truncated, or longer than 255 bytes');
    return new TextDecoder().decode(names.subarray(from, end));
  }

  #text(at: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + 4));
  }

  /** An address or a length, as 8 bytes; one beyond 2⁵³ is beyond every file. */
  #address(at: number): number {
    this.#assertWithin(at, 8);
    return Number(this.#view.getBigUint64(at, true));
  }

  /** Parts that lie upon one another would be more than the file holds. */
  #spend(size: number): void {
    this.#left -= size;
    if (this.#left < 0) fail('parts overlap');
  }

  #begin(at: number, least: number): void {
    this.#assertWithin(at, least);
    if (this.#seen.has(at)) fail('a part leads to itself, or two lead to one');
    this.#seen.add(at);
  }

  #assertWithin(at: number, length: number): void {
    if (!(at + length <= this.bytes.length)) fail('truncated');
  }
}

/**
 * The arrays in a group of an HDF5 file by name, in the order of the file; groups in it are left out. It reads what h5py writes by
 * default, and Keras with it, and takes memory and time in proportion to the bytes of the file.
 *
 * @param group - names of groups from the root on, such as `'optimizer/vars'`
 * @throws TypeError for a file that is truncated or malformed, or has no such group; for a newer form of the file, arrays that are
 * compressed or in chunks, and types of numbers that are not those of {@link FileTensor}
 */
export function readHdf5(bytes: Uint8Array, group: string): Map<string, FileTensor> {
  if (!(bytes instanceof Uint8Array)) fail(`the file must be a Uint8Array, got ${show(bytes)}`);
  if (typeof group !== 'string') fail(`the group must be names with "/" between them, got ${show(group)}`);
  const file = new Hdf5(bytes);
  let members = file.group(file.root());
  for (const name of group.split('/').filter(Boolean)) {
    const header = members.get(name) ?? fail(`there is no group ${show(group)}`);
    members = file.group(header);
  }
  const arrays = new Map<string, FileTensor>();
  for (const [name, header] of members) {
    const array = file.array(header, name);
    if (array) arrays.set(name, array);
  }
  return arrays;
}

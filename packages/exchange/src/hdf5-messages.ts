// SPDX-License-Identifier: Apache-2.0
// What the header of an array says in an HDF5 file: its shape, its numbers' type, and where they lie.

import type { Dtype } from './numbers.js';

type Refuse = (what: string) => never;

const viewOf = (data: Uint8Array, least: number, refuse: Refuse): DataView =>
  data.length < least
    ? refuse('has a truncated header')
    : new DataView(data.buffer, data.byteOffset, data.length);

/** IV.A.2.b, dataspace message. */
export function shapeIn(data: Uint8Array, refuse: Refuse): number[] {
  const view = viewOf(data, 4, refuse);
  const [version, rank, , type] = data;
  if (version !== 1 && version !== 2) refuse(`has a shape of version ${version}, which is not known`);
  if (version === 2 && type === 2) refuse('is empty');
  const from = version === 1 ? 8 : 4;
  viewOf(data, from + 8 * rank!, refuse);
  return Array.from({ length: rank! }, (_, i) => Number(view.getBigUint64(from + 8 * i, true)));
}

/** Sizes and places of exponent and mantissa, by the bytes of a number. */
const floats: Readonly<Record<number, readonly [Dtype, ...number[]]>> = {
  2: ['F16', 0, 16, 10, 5, 0, 10, 15],
  4: ['F32', 0, 32, 23, 8, 0, 23, 127],
  8: ['F64', 0, 64, 52, 11, 0, 52, 1023],
};

/** By bytes and whether there is a sign. */
const integers: Readonly<Record<string, Dtype>> = { '1,false': 'U8', '4,true': 'I32', '8,true': 'I64' };

/** IV.A.2.d, datatype message. */
export function dtypeIn(data: Uint8Array, refuse: Refuse): Dtype {
  const view = viewOf(data, 12, refuse);
  const [kind, size] = [data[0]! & 15, view.getUint32(4, true)];
  const isBig = (data[1]! & 1) !== 0;
  const unknown = (): never => refuse('has numbers of a type that is not read');
  if (isBig) return refuse('has numbers in big-endian order');
  if (kind === 0) {
    const isWhole = view.getUint16(8, true) === 0 && view.getUint16(10, true) === 8 * size;
    return (isWhole && integers[`${size},${(data[1]! & 8) !== 0}`]) || unknown();
  }
  const float = kind === 1 ? floats[size] : undefined;
  if (!float) return unknown();
  viewOf(data, 20, refuse);
  const found = [
    view.getUint16(8, true),
    view.getUint16(10, true),
    ...data.subarray(12, 16),
    view.getUint32(16, true),
  ];
  return found.every((value, i) => value === float[i + 1]) ? float[0] : unknown();
}

/** Where numbers lie: in the header itself, or elsewhere in one piece. */
export type Layout =
  | { readonly data: Uint8Array }
  | { readonly data?: undefined; readonly address: number; readonly size: number };

/** IV.A.2.i, data layout message. */
export function layoutIn(data: Uint8Array, refuse: Refuse): Layout {
  const view = viewOf(data, 4, refuse);
  const [version, kind] = data;
  if (version !== 3 && version !== 4) refuse(`has a layout of version ${version}, which is not known`);
  if (kind === 0) {
    const size = view.getUint16(2, true);
    viewOf(data, 4 + size, refuse);
    return { data: data.subarray(4, 4 + size) };
  }
  if (kind !== 1) return refuse('is in chunks, not in one piece');
  viewOf(data, 18, refuse);
  const [address, size] = [2, 10].map((at) => Number(view.getBigUint64(at, true))) as [number, number];
  return { address, size };
}

// SPDX-License-Identifier: Apache-2.0
// Numbers of four bytes as bytes, little endian.

/** What numbers are, as the safetensors layout calls it. */
export type Dtype = 'F32' | 'I32';

type Numbers = new (buffer: ArrayBufferLike, at: number, length: number) => Float32Array | Int32Array;
const arrays: Readonly<Record<Dtype, Numbers>> = { F32: Float32Array as Numbers, I32: Int32Array as Numbers };

/** Whether it is one of them. */
export function isDtype(dtype: unknown): dtype is Dtype {
  return dtype === 'F32' || dtype === 'I32';
}

const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns the four bytes of every number round, in place. */
function turned(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += 4) view.setUint32(at, view.getUint32(at, true), false);
  return bytes;
}

/** The bytes of numbers: a view of them on a little-endian host, the only kind that is common; otherwise a copy. */
export function bytesOf(data: Float32Array | Int32Array, isLittle: boolean = little): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isLittle ? bytes : turned(bytes.slice());
}

/** The inverse of {@link bytesOf}: takes over the memory of `bytes`, which start at a multiple of four. */
export function numbersOf(
  bytes: Uint8Array,
  dtype: Dtype,
  isLittle: boolean = little,
): Float32Array | Int32Array {
  const { buffer, byteOffset, byteLength } = isLittle ? bytes : turned(bytes);
  return new arrays[dtype](buffer, byteOffset, byteLength / 4);
}

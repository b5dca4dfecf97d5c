// SPDX-License-Identifier: Apache-2.0
// What travels, as bytes: a header in JSON with numbers after it, numbers in two precisions, and a fingerprint.

import { parseJson } from '@optim/state';

/** How the numbers of a pseudo-gradient travel: 4 or 2 bytes each. */
export type Precision = 'float32' | 'bfloat16';

/** Bytes of one number. */
const bytesEach: Readonly<Record<Precision, number>> = { float32: 4, bfloat16: 2 };

/** Bytes of arrays of these sizes. */
export function bytesIn(sizes: readonly number[], precision: Precision): number {
  return sizes.reduce((sum, size) => sum + size, 0) * bytesEach[precision];
}

/** Whether no number is infinite or NaN. */
export function areFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

/** A message: the length of its header (uint32, little-endian), the header, the data. */
export function framed(header: object, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = encoded(header);
  const bytes = new Uint8Array(4 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(data, 4 + text.length);
  return bytes;
}

/** The header and data of a message; `null` for what is none. */
export function unframed(bytes: Uint8Array): { header: unknown; data: Uint8Array } | null {
  if (bytes.length < 4) return null;
  const from = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (from > bytes.length) return null;
  const header = parsed(bytes.subarray(4, from));
  return header === undefined ? null : { header, data: bytes.subarray(from) };
}

/** A value as JSON text. */
export function encoded(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What JSON text says; `undefined` for what is none, nests deeply, or has a name twice. */
export function parsed(text: Uint8Array): unknown {
  try {
    return parseJson('the message', new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}

/** Numbers as bytes, one array after the other. bfloat16: rounded to the nearest, ties to even. */
export function bytesOf(arrays: readonly Float32Array[], precision: Precision): Uint8Array {
  const sizes = arrays.map(({ length }) => length);
  const bytes = new Uint8Array(bytesIn(sizes, precision));
  let at = 0;
  for (const array of arrays) {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length);
    if (precision === 'float32') new Uint32Array(bytes.buffer, at, array.length).set(words);
    else {
      const halves = new Uint16Array(bytes.buffer, at, array.length);
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!;
        halves[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
      }
    }
    at += array.length * bytesEach[precision];
  }
  return bytes;
}

/** The inverse of {@link bytesOf}; `null` unless the bytes are as many as the sizes ask for, and every number is finite. */
export function numbersOf(
  bytes: Uint8Array,
  sizes: readonly number[],
  precision: Precision,
): Float32Array[] | null {
  if (bytes.length !== bytesIn(sizes, precision)) return null;
  // Not `slice`, which for a Buffer of Node is a view.
  const own = new Uint8Array(bytes).buffer;
  const all = precision === 'float32' ? new Float32Array(own) : widened(new Uint16Array(own));
  if (!areFinite(all)) return null;
  let at = 0;
  return sizes.map((each) => all.subarray(at, (at += each)));
}

function widened(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

/**
 * A fingerprint of bytes, 64 bits in hexadecimal: two sums that every word of 4 bytes goes into. It finds what differs by
 * accident; whoever may write to the broker is trusted not to forge it.
 */
export function hashOf(bytes: Uint8Array): string {
  // Words begin at multiples of 4: a copy does.
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(buffer, byteOffset, bytes.length >>> 2);
  let a = 0x811c9dc5 ^ bytes.length;
  let b = 0x9e3779b9 | 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0x85ebca6b);
    b = (b << 13) | (b >>> 19);
  }
  for (let i = 4 * words.length; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b + bytes[i]!, 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

// SPDX-License-Identifier: Apache-2.0
// One array as numpy saves it: a magic text, the version, the length of the header, the header as a Python literal, the numbers.

import { bytesOf, numbersOf, sizeOf, widthOf, type Dtype, type FileTensor } from './numbers.js';

/** How numpy calls the dtypes; BF16 it does not have. */
const descriptions: Readonly<Partial<Record<Dtype, string>>> = {
  F64: '<f8',
  F32: '<f4',
  F16: '<f2',
  I64: '<i8',
  I32: '<i4',
  U8: '|u1',
  BOOL: '|b1',
};

const magic = '\x93NUMPY';

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Whether numpy has the dtype. */
export function isNumpys(dtype: Dtype): boolean {
  return descriptions[dtype] !== undefined;
}

/** The array in the bytes of an .npy file. */
export function decodeNpy(bytes: Uint8Array, fail: (what: string) => never): FileTensor {
  if (bytes.length < 12 || latin(bytes.subarray(0, 6)) !== magic) fail('is not an array of numpy');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [, , , , , , version] = bytes;
  if (version !== 1 && version !== 2) fail(`is of version ${version}, which is not known`);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  // A shape of 32 lengths takes less.
  if (length > 1000 || start + length > bytes.length) fail(`has a header of ${length} bytes`);
  const text = latin(bytes.subarray(start, start + length));
  const found = /^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \} *\n$/.exec(
    text,
  );
  if (!found) return fail('has a header that numpy does not write');
  const [, description, fortran, lengths] = found as unknown as [string, string, string, string];
  const known = Object.entries(descriptions).find(([, its]) => its === description);
  if (!known) return fail(`must be of a dtype that is known, got ${description}`);
  if (fortran === 'True') fail('must be in row-major order; save numpy.ascontiguousarray of it');
  const shape = lengths.split(/,\s*/).filter(Boolean).map(Number);
  const dtype = known[0] as Dtype;
  const numbers = bytes.subarray(start + length);
  if (shape.length > 32 || !shape.every(Number.isSafeInteger)) fail(`has an impossible shape, (${lengths})`);
  if (numbers.length !== widthOf(dtype) * sizeOf(shape))
    fail(`of shape (${lengths}) has ${numbers.length} bytes`);
  return { dtype, shape, data: numbersOf(dtype, numbers) };
}

/** The inverse of {@link decodeNpy}, byte for byte as numpy writes it. */
export function encodeNpy(tensor: FileTensor): Uint8Array {
  const { dtype, shape } = tensor;
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const literal = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${lengths}), }`;
  // numpy leaves room for the first length to grow to 21 digits.
  const room = shape.length > 0 ? 21 - String(shape[0]).length : 0;
  const length = 64 * Math.ceil((10 + literal.length + room + 1) / 64) - 10;
  const head = `${magic}\x01\x00${String.fromCharCode(length & 255, length >> 8)}${literal.padEnd(length - 1)}\n`;
  const numbers = bytesOf(tensor);
  const bytes = new Uint8Array(head.length + numbers.length);
  bytes.set(Uint8Array.from(head, (char) => char.charCodeAt(0)));
  bytes.set(numbers, head.length);
  return bytes;
}

// SPDX-License-Identifier: Apache-2.0
// Numbers as files hold them, little endian.

/** What numbers are, as the safetensors layout calls it. */
export type Dtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL';

/** An array of one dtype; F16 and BF16 are kept as their 16 bits. */
export type Numbers = Float64Array | Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

/** A tensor in a file. */
export interface FileTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major. F16 and BF16 are kept as their 16 bits. */
  readonly data: Numbers;
}

type ArrayClass = (new (buffer: ArrayBufferLike) => Numbers) & { readonly BYTES_PER_ELEMENT: number };

const classes: Readonly<Record<Dtype, ArrayClass>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Whether it is one of them. */
export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(classes, value);
}

/** Bytes of one number. */
export function widthOf(dtype: Dtype): number {
  return classes[dtype].BYTES_PER_ELEMENT;
}

const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of every number the other way round, in place, on a host that has them so. */
function turned(bytes: Uint8Array, width: number, isLittle: boolean): Uint8Array {
  if (!isLittle) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

/** The bytes of numbers, copied. */
export function bytesOf({ dtype, data }: FileTensor, isLittle: boolean = little): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return turned(bytes, widthOf(dtype), isLittle);
}

/** The inverse of {@link bytesOf}: the bytes are copied. */
export function numbersOf(dtype: Dtype, bytes: Uint8Array, isLittle: boolean = little): Numbers {
  // Not `bytes.slice`, which for a Buffer of Node is a view.
  const copy = turned(new Uint8Array(bytes), widthOf(dtype), isLittle);
  return new classes[dtype](copy.buffer);
}

/** How many numbers a shape has; what is no safe integer is no length of a file. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Whether the array is of the class that the dtype asks for, with as many numbers as the shape says. */
export function isFileTensor(value: unknown): value is FileTensor {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, shape, data } = value as Partial<FileTensor>;
  return (
    isDtype(dtype) &&
    Array.isArray(shape) &&
    shape.length <= 32 &&
    shape.every((length) => Number.isSafeInteger(length) && length >= 0) &&
    data instanceof classes[dtype] &&
    data.length === sizeOf(shape)
  );
}

/** Whether it is a Map, also one of another realm. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** A float of 16 bits: 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** Numbers as float32: the same array where they are, exact where they are floats of 16 bits, otherwise rounded. */
export function float32Of({ dtype, data }: FileTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (dtype === 'BF16') {
    const bits = new Uint32Array(data.length);
    for (let i = 0; i < bits.length; i++) bits[i] = (data[i] as number) * 65536;
    return new Float32Array(bits.buffer);
  }
  const result = new Float32Array(data.length);
  // Not `from` with a function, which takes ten times as long.
  for (let i = 0; i < result.length; i++)
    result[i] = dtype === 'F16' ? half(data[i] as number) : Number(data[i]);
  return result;
}

/** A float32 tensor of numbers. */
export function tensorOf(shape: readonly number[], data: ArrayLike<number>): FileTensor {
  return {
    dtype: 'F32',
    shape: [...shape],
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  };
}

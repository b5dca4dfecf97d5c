// SPDX-License-Identifier: Apache-2.0
// Writes WebAssembly modules: the few sections and instructions the kernels need, as bytes.

/** Value types. */
export const type = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;

/** Name of a value type. */
export type ValueType = keyof typeof type;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value ? low | 0x80 : low);
  } while (value);
  return bytes;
}

function text(name: string): number[] {
  const bytes = [...new TextEncoder().encode(name)];
  return [...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly number[][]): number[] {
  return unsigned(items.length).concat(...items);
}

function section(id: number, content: number[]): number[] {
  return [id].concat(unsigned(content.length), content);
}

/** A function under construction: parameters, locals, and code. */
export class Code {
  readonly bytes: number[] = [];
  readonly #locals: ValueType[] = [];

  constructor(readonly params: readonly ValueType[]) {}

  /** A new local variable; its index. */
  local(kind: ValueType): number {
    return this.params.length + this.#locals.push(kind) - 1;
  }

  /** Appends instructions as raw bytes. */
  emit(...bytes: readonly number[]): void {
    for (const byte of bytes) this.bytes.push(byte);
  }

  /** A SIMD instruction: a prefix and a number that may need two bytes. */
  simd(opcode: number, ...rest: readonly number[]): void {
    this.emit(0xfd, ...unsigned(opcode), ...rest);
  }

  get(...locals: readonly number[]): void {
    for (const local of locals) this.emit(0x20, ...unsigned(local));
  }

  set(local: number): void {
    this.emit(0x21, ...unsigned(local));
  }

  /** A new local variable that takes what is on the stack; its index. */
  kept(kind: ValueType): number {
    const local = this.local(kind);
    this.set(local);
    return local;
  }

  /** What follows an instruction that accesses float32 numbers: their alignment, and an offset in bytes. */
  access(offset = 0): void {
    this.emit(2, ...unsigned(offset));
  }

  i32(value: number): void {
    const low = [0, 7, 14, 21].map((by) => ((value >> by) & 0x7f) | 0x80);
    this.emit(0x41, ...low, (value >> 28) & 0x7f);
  }

  f32(value: number): void {
    this.emit(0x43, ...new Uint8Array(Float32Array.of(value).buffer));
  }

  f64(value: number): void {
    this.emit(0x44, ...new Uint8Array(Float64Array.of(value).buffer));
  }

  call(index: number): void {
    this.emit(0x10, ...unsigned(index));
  }

  /** `while (counter < limit) { body; counter += stride }`, all i32; the body may change nothing of the two. */
  loop(counter: number, limit: number, stride: number, body: () => void): void {
    this.emit(0x02, 0x40, 0x03, 0x40); // block, loop
    this.get(counter, limit);
    this.emit(0x4f, 0x0d, 1); // i32.ge_u, br_if out
    body();
    this.get(counter);
    this.i32(stride);
    this.emit(0x6a); // i32.add
    this.set(counter);
    this.emit(0x0c, 0, 0x0b, 0x0b); // br, end, end
  }

  /** The function's entry in the code section. */
  encode(): number[] {
    const body = vector(this.#locals.map((kind) => [1, type[kind]])).concat(this.bytes, 0x0b);
    return unsigned(body.length).concat(body);
  }
}

/** `\0asm`, version 1. */
const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * A module that imports `env.memory`, and exports one function, `run`, without result.
 * @param shared - whether the memory is shared between threads
 */
export function encodeModule(code: Code, shared: boolean): Uint8Array<ArrayBuffer> {
  const params = vector(code.params.map((kind) => [type[kind]]));
  // Limits within which every memory of TensorFlow.js lies; a shared one must name a maximum.
  const limits = shared ? [3, 0, ...unsigned(65536)] : [0, 0];
  return Uint8Array.from(
    magic.concat(
      section(1, vector([[0x60, ...params, ...vector([])]])),
      section(2, vector([[...text('env'), ...text('memory'), 2, ...limits]])),
      section(3, vector([[0]])),
      section(7, vector([[...text('run'), 0, 0]])),
      section(10, vector([code.encode()])),
    ),
  );
}

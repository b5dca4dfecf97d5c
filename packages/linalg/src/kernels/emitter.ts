// SPDX-License-Identifier: Apache-2.0
// Writes WebAssembly: instructions as bytes, functions, and a module around them.

/** Instructions, encoded. */
export type Bytes = readonly number[];

const types = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;

/** Name of a value type. */
export type Type = keyof typeof types;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value & 0x7f];
}

const vector = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()];

const text = (name: string): Bytes => vector([...new TextEncoder().encode(name)].map((byte) => [byte]));

const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];

/** An instruction of given operands. */
type Instruction = (...operands: Bytes[]) => Bytes;

/** One that accesses memory `offset` bytes beyond an address, its first operand. */
type Access = (offset: number, ...operands: Bytes[]) => Bytes;

/** What there is for a number, or for two of them at a time. */
type Arithmetic = Record<'add' | 'sub' | 'mul', Instruction> & Record<'load' | 'store', Access>;

const op =
  (...opcode: Bytes): Instruction =>
  (...operands) => [...operands.flat(), ...opcode];

/** The 3 says that addresses are multiples of 8 bytes, which is a hint. */
const access =
  (...opcode: Bytes): Access =>
  (offset, ...operands) => [...operands.flat(), ...opcode, 3, ...unsigned(offset)];

export const i32: Record<'add' | 'sub' | 'shl' | 'lt' | 'ge', Instruction> & {
  constant(value: number): Bytes;
} = {
  constant: (value) => [0x41, ...signed(value)],
  add: op(0x6a),
  sub: op(0x6b),
  shl: op(0x74),
  lt: op(0x48),
  ge: op(0x4e),
};

export const f64: Arithmetic & { constant(value: number): Bytes } = {
  constant: (value) => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  add: op(0xa0),
  sub: op(0xa1),
  mul: op(0xa2),
  load: access(0x2b),
  store: access(0x39),
};

export const f64x2: Arithmetic & {
  /** A number in both lanes. */
  splat: Instruction;
  lane(lane: 0 | 1, value: Bytes): Bytes;
  /** Loads one number into both lanes. */
  loadSplat: Access;
} = {
  splat: op(0xfd, 0x14),
  lane: (lane, value) => [...value, 0xfd, 0x21, lane],
  add: op(0xfd, 0xf0, 0x01),
  sub: op(0xfd, 0xf1, 0x01),
  mul: op(0xfd, 0xf2, 0x01),
  load: access(0xfd, 0x00),
  store: access(0xfd, 0x0b),
  loadSplat: access(0xfd, 0x0a),
};

export const get = (local: number): Bytes => [0x20, ...unsigned(local)];

/** A function under construction, without result: parameters, locals, and code. */
export class Routine {
  readonly #locals: Type[] = [];
  readonly #code: number[] = [];

  constructor(
    readonly name: string,
    readonly params: readonly Type[],
  ) {}

  /** A new local variable; its index. */
  local(type: Type): number {
    return this.params.length + this.#locals.push(type) - 1;
  }

  /** New local variables of one type; their indices. */
  more(count: number, type: Type): number[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** Appends instructions that leave nothing on the stack. */
  emit(code: Bytes): void {
    for (const byte of code) this.#code.push(byte);
  }

  set(local: number, value: Bytes): void {
    this.emit([...value, 0x21, ...unsigned(local)]);
  }

  when(condition: Bytes, then: () => void, otherwise?: () => void): void {
    this.emit([...condition, 0x04, 0x40]);
    then();
    if (otherwise) {
      this.emit([0x05]);
      otherwise();
    }
    this.emit([0x0b]);
  }

  /** `while (counter < limit) { body; counter += step }`, all i32; `limit` is computed anew each time. */
  loop(counter: number, limit: Bytes, step: Bytes, body: () => void): void {
    const more = i32.lt(get(counter), limit);
    this.when(more, () => {
      this.emit([0x03, 0x40]);
      body();
      this.set(counter, i32.add(get(counter), step));
      this.emit([...more, 0x0d, 0, 0x0b]);
    });
  }

  /** The function's type. */
  get signature(): Bytes {
    return [0x60, ...vector(this.params.map((type) => [types[type]])), 0];
  }

  /** The function's entry in the code section. */
  encode(): Bytes {
    const body = [...vector(this.#locals.map((type) => [1, types[type]])), ...this.#code, 0x0b];
    return [...unsigned(body.length), ...body];
  }
}

/** `\0asm`, version 1. */
const magic: Bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module that imports `env.memory` and exports the functions by their names. */
export function encodeModule(routines: readonly Routine[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...magic,
    ...section(1, vector(routines.map(({ signature }) => signature))),
    ...section(2, vector([[...text('env'), ...text('memory'), 2, 0, 0]])),
    ...section(3, vector(routines.map((_, i) => unsigned(i)))),
    ...section(7, vector(routines.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, vector(routines.map((routine) => routine.encode()))),
  ]);
}

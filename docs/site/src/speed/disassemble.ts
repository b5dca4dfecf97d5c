// SPDX-License-Identifier: Apache-2.0
// The function of a WebAssembly module as text: of the instructions that `packages/fusion/src/executors/wasm` writes.

/** Name, how many values it takes from the stack, how many it leaves there, and what follows it. */
type Instruction = readonly [name: string, takes: number, leaves: number, follows?: keyof typeof immediates];

/** Reads what follows an instruction. */
const immediates = {
  index: (bytes: Bytes): string => ` ${bytes.unsigned()}`,
  label: (bytes: Bytes): string => ` ${bytes.unsigned()}`,
  block: (bytes: Bytes): string => (bytes.skip(1), ''),
  access(bytes: Bytes): string {
    bytes.unsigned();
    const offset = bytes.unsigned();
    return offset === 0 ? '' : ` offset=${offset}`;
  },
  integer: (bytes: Bytes): string => ` ${bytes.signed()}`,
  f32: (bytes: Bytes): string => ` ${bytes.float32()}`,
  f64: (bytes: Bytes): string => ` ${bytes.float64()}`,
  lane: (bytes: Bytes): string => ` ${bytes.skip(1)[0]}`,
  lanes: (bytes: Bytes): string => ` ${bytes.skip(16).join(' ')}`,
  vector: (bytes: Bytes): string =>
    ` i32x4 ${Array.from({ length: 4 }, () => `0x${bytes.word().toString(16).padStart(8, '0')}`).join(' ')}`,
};

const binary = (name: string): Instruction => [name, 2, 1];
const unary = (name: string): Instruction => [name, 1, 1];

const plain: Readonly<Record<number, Instruction>> = {
  0x02: ['block', 0, 0, 'block'],
  0x03: ['loop', 0, 0, 'block'],
  0x0b: ['end', 0, 0],
  0x0c: ['br', 0, 0, 'label'],
  0x0d: ['br_if', 1, 0, 'label'],
  0x1b: ['select', 3, 1],
  0x20: ['local.get', 0, 1, 'index'],
  0x21: ['local.set', 1, 0, 'index'],
  0x2a: ['f32.load', 1, 1, 'access'],
  0x2b: ['f64.load', 1, 1, 'access'],
  0x38: ['f32.store', 2, 0, 'access'],
  0x39: ['f64.store', 2, 0, 'access'],
  0x41: ['i32.const', 0, 1, 'integer'],
  0x43: ['f32.const', 0, 1, 'f32'],
  0x44: ['f64.const', 0, 1, 'f64'],
  0x45: unary('i32.eqz'),
  0x4f: binary('i32.ge_u'),
  0x5b: binary('f32.eq'),
  0x5d: binary('f32.lt'),
  0x5f: binary('f32.le'),
  0x6a: binary('i32.add'),
  0x6b: binary('i32.sub'),
  0x6c: binary('i32.mul'),
  0x71: binary('i32.and'),
  0x74: binary('i32.shl'),
  0x8b: unary('f32.abs'),
  0x8c: unary('f32.neg'),
  0x91: unary('f32.sqrt'),
  0x92: binary('f32.add'),
  0x93: binary('f32.sub'),
  0x94: binary('f32.mul'),
  0x95: binary('f32.div'),
  0x96: binary('f32.min'),
  0x97: binary('f32.max'),
  0xa0: binary('f64.add'),
  0xb6: unary('f32.demote_f64'),
  0xbb: unary('f64.promote_f32'),
};

/** Those after the byte 0xfd. */
const simd: Readonly<Record<number, Instruction>> = {
  0x00: ['v128.load', 1, 1, 'access'],
  0x09: ['v128.load32_splat', 1, 1, 'access'],
  0x0b: ['v128.store', 2, 0, 'access'],
  0x0c: ['v128.const', 0, 1, 'vector'],
  0x0d: ['i8x16.shuffle', 2, 1, 'lanes'],
  0x11: unary('i32x4.splat'),
  0x13: unary('f32x4.splat'),
  0x14: unary('f64x2.splat'),
  0x1f: ['f32x4.extract_lane', 1, 1, 'lane'],
  0x21: ['f64x2.extract_lane', 1, 1, 'lane'],
  0x41: binary('f32x4.eq'),
  0x42: binary('f32x4.ne'),
  0x43: binary('f32x4.lt'),
  0x45: binary('f32x4.le'),
  0x4d: unary('v128.not'),
  0x4e: binary('v128.and'),
  0x4f: binary('v128.andnot'),
  0x50: binary('v128.or'),
  0x52: ['v128.bitselect', 3, 1],
  0x5e: unary('f32x4.demote_f64x2_zero'),
  0x5f: unary('f64x2.promote_low_f32x4'),
  0x69: unary('f32x4.trunc'),
  0x6a: unary('f32x4.nearest'),
  0x94: unary('f64x2.nearest'),
  0xab: binary('i32x4.shl'),
  0xac: binary('i32x4.shr_s'),
  0xae: binary('i32x4.add'),
  0xb1: binary('i32x4.sub'),
  0xcb: binary('i64x2.shl'),
  0xe0: unary('f32x4.abs'),
  0xe1: unary('f32x4.neg'),
  0xe3: unary('f32x4.sqrt'),
  0xe4: binary('f32x4.add'),
  0xe5: binary('f32x4.sub'),
  0xe6: binary('f32x4.mul'),
  0xe7: binary('f32x4.div'),
  0xe8: binary('f32x4.min'),
  0xe9: binary('f32x4.max'),
  0xea: binary('f32x4.pmin'),
  0xeb: binary('f32x4.pmax'),
  0xf0: binary('f64x2.add'),
  0xf1: binary('f64x2.sub'),
  0xf2: binary('f64x2.mul'),
  0xf3: binary('f64x2.div'),
  0xf6: binary('f64x2.pmin'),
  0xf7: binary('f64x2.pmax'),
  0xf8: unary('i32x4.trunc_sat_f32x4_s'),
  0xfa: unary('f32x4.convert_i32x4_s'),
};

const types: Readonly<Record<number, string>> = { 0x7f: 'i32', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128' };

/** Reads a module from its first byte on. */
class Bytes {
  at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  skip(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  unsigned(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const from = this.at;
    const value = this.unsigned();
    const bits = 7 * (this.at - from);
    return this.bytes[this.at - 1]! & 0x40 ? value - 2 ** bits : value;
  }

  word(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }

  float32(): number {
    this.at += 4;
    return this.#view.getFloat32(this.at - 4, true);
  }

  float64(): number {
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, true);
  }

  instruction(): Instruction {
    const byte = this.skip(1)[0]!;
    const code = byte === 0xfd ? this.unsigned() : byte;
    const found = (byte === 0xfd ? simd : plain)[code];
    if (!found)
      throw new Error(
        `site: no instruction is known for ${byte === 0xfd ? '0xfd ' : ''}0x${code.toString(16)}`,
      );
    return found;
  }
}

/** Types with how often each comes: `v128 ×3`. */
function counted(names: readonly string[]): string {
  const kinds = [...new Set(names)];
  return kinds.map((kind) => `${kind} ×${names.filter((name) => name === kind).length}`).join(', ');
}

/** The one function of a module: an instruction for each value it leaves or stores on a line of its own. */
export function disassemble(module: Uint8Array): string {
  const bytes = new Bytes(module);
  bytes.skip(8);
  let params: string[] = [];
  while (bytes.at < module.length) {
    const id = bytes.skip(1)[0]!;
    const end = bytes.unsigned() + bytes.at;
    if (id === 1) {
      bytes.skip(2); // one type, a function
      params = [...bytes.skip(bytes.unsigned())].map((code) => types[code]!);
    }
    if (id === 10) return functionOf(bytes, params);
    bytes.at = end;
  }
  throw new Error('site: the module has no code');
}

function functionOf(bytes: Bytes, params: readonly string[]): string {
  bytes.unsigned(); // one function
  const size = bytes.unsigned();
  const end = size + bytes.at;
  const locals = Array.from({ length: bytes.unsigned() }, () => {
    const count = bytes.unsigned();
    return Array.from({ length: count }, () => types[bytes.skip(1)[0]!]!);
  }).flat();
  const lines = [`;; parameters: ${counted(params)}`, `;; locals: ${counted(locals)}`];
  let [depth, indent, line] = [0, 0, [] as string[]];
  while (bytes.at < end - 1) {
    const [name, takes, leaves, follows] = bytes.instruction();
    const text = name + (follows ? immediates[follows](bytes) : '');
    depth += leaves - takes;
    line.push(text);
    if (depth > 0) continue;
    if (name === 'end') indent--;
    lines.push('  '.repeat(indent) + line.join('  '));
    if (name === 'block' || name === 'loop') indent++;
    line = [];
  }
  return lines.join('\n');
}

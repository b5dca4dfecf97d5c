// SPDX-License-Identifier: Apache-2.0
// Writes expressions of vectors, of which every value is a local.

import type { Code } from './encoder.js';

/** Instructions on vectors. */
const op = {
  select: 0x52, // v128.bitselect
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  // float32
  equal: 0x41,
  notEqual: 0x42,
  less: 0x43,
  trunc: 0x69,
  nearest: 0x6a,
  abs: 0xe0,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  pmin: 0xea,
  pmax: 0xeb,
  // int32
  toInt: 0xf8,
  fromInt: 0xfa,
  addInt: 0xae,
  subInt: 0xb1,
  // float64
  promoteLow: 0x5f,
  demote: 0x5e,
  nearest64: 0x94,
  add64: 0xf0,
  sub64: 0xf1,
  mul64: 0xf2,
  div64: 0xf3,
  pmin64: 0xf6,
  pmax64: 0xf7,
} as const;

const shifts = { leftInt: 0xab, rightInt: 0xac, left64: 0xcb } as const;
const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Writes an expression of vectors; every value is a local. */
export class Vectors {
  readonly #code: Code;

  constructor(code: Code) {
    this.#code = code;
  }

  /** The result of an instruction. */
  do(name: keyof typeof op, ...args: readonly number[]): number {
    for (const local of args) this.#code.get(local);
    this.#code.simd(op[name]);
    return this.#keep();
  }

  shift(name: keyof typeof shifts, x: number, by: number): number {
    this.#code.get(x);
    this.#code.i32(by);
    this.#code.simd(shifts[name]);
    return this.#keep();
  }

  f32(value: number): number {
    return this.#constant(new Float32Array(4).fill(value));
  }

  i32(value: number): number {
    return this.#constant(new Int32Array(4).fill(value));
  }

  f64(value: number): number {
    return this.#constant(new Float64Array(2).fill(value));
  }

  /** c₀ + x·(c₁ + x·(c₂ + …)) */
  polynomial(x: number, coefficients: readonly number[]): number {
    const [last, ...others] = [...coefficients].reverse();
    return others.reduce((sum, c) => this.do('add', this.do('mul', sum, x), this.f32(c)), this.f32(last!));
  }

  polynomial64(x: number, coefficients: readonly number[]): number {
    const [last, ...others] = [...coefficients].reverse();
    return others.reduce(
      (sum, c) => this.do('add64', this.do('mul64', sum, x), this.f64(c)),
      this.f64(last!),
    );
  }

  /** Two lanes as float64, of the lower or the upper half. */
  promote(x: number, half: 0 | 1): number {
    return this.do('promoteLow', half === 0 ? x : this.#shuffle(x, x, upperHalf));
  }

  demote(low: number, high: number): number {
    return this.#shuffle(this.do('demote', low), this.do('demote', high), lowHalves);
  }

  #constant({ buffer }: { readonly buffer: ArrayBufferLike }): number {
    this.#code.simd(0x0c, ...new Uint8Array(buffer)); // v128.const
    return this.#keep();
  }

  #shuffle(x: number, y: number, lanes: readonly number[]): number {
    this.#code.get(x);
    this.#code.get(y);
    this.#code.simd(0x0d, ...lanes);
    return this.#keep();
  }

  #keep(): number {
    const local = this.#code.local('v128');
    this.#code.set(local);
    return local;
  }
}

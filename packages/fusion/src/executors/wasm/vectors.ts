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
  abs: 0xe0,
  add: 0xe4,
  sub: 0xe5,
  mul: 0xe6,
  div: 0xe7,
  pmin: 0xea,
  pmax: 0xeb,
  // int32
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

/** A value of several vectors side by side: their locals. A constant has one for all of them. */
export type Wide = readonly number[];

/**
 * Writes an expression of vectors, of some side by side: one instruction of each after the other, so that the processor
 * has others to do while it waits for the result of one.
 */
export class Vectors {
  readonly #code: Code;

  constructor(code: Code) {
    this.#code = code;
  }

  /** The result of an instruction. */
  do(name: keyof typeof op, ...args: readonly Wide[]): Wide {
    return this.#each(args, () => this.#code.simd(op[name]));
  }

  shift(name: keyof typeof shifts, x: Wide, by: number): Wide {
    return this.#each([x], () => {
      this.#code.i32(by);
      this.#code.simd(shifts[name]);
    });
  }

  f32(value: number): Wide {
    return this.#constant(new Float32Array(4).fill(value));
  }

  i32(value: number): Wide {
    return this.#constant(new Int32Array(4).fill(value));
  }

  f64(value: number): Wide {
    return this.#constant(new Float64Array(2).fill(value));
  }

  /** c₀ + x·(c₁ + x·(c₂ + …)), in pairs, which do not wait for each other. */
  polynomial(x: Wide, coefficients: readonly number[]): Wide {
    return this.#inPairs(
      x,
      coefficients.map((c) => this.f32(c)),
    );
  }

  #inPairs(x: Wide, terms: readonly Wide[]): Wide {
    const pairs = terms.flatMap((term, i) => {
      const next = terms[i + 1];
      return i % 2 ? [] : [next ? this.do('add', this.do('mul', next, x), term) : term];
    });
    return pairs.length === 1 ? pairs[0]! : this.#inPairs(this.do('mul', x, x), pairs);
  }

  polynomial64(x: Wide, coefficients: readonly number[]): Wide {
    const [last, ...others] = [...coefficients].reverse();
    return others.reduce(
      (sum, c) => this.do('add64', this.do('mul64', sum, x), this.f64(c)),
      this.f64(last!),
    );
  }

  /** Two lanes as float64, of the lower or the upper half. */
  promote(x: Wide, half: 0 | 1): Wide {
    return this.do('promoteLow', half === 0 ? x : this.#shuffle(x, x, upperHalf));
  }

  demote(low: Wide, high: Wide): Wide {
    return this.#shuffle(this.do('demote', low), this.do('demote', high), lowHalves);
  }

  #constant({ buffer }: { readonly buffer: ArrayBufferLike }): Wide {
    return this.#each([], () => this.#code.simd(0x0c, ...new Uint8Array(buffer))); // v128.const
  }

  #shuffle(x: Wide, y: Wide, lanes: readonly number[]): Wide {
    return this.#each([x, y], () => this.#code.simd(0x0d, ...lanes));
  }

  #each(args: readonly Wide[], instruction: () => void): Wide {
    return Array.from({ length: Math.max(1, ...args.map(({ length }) => length)) }, (_, side) => {
      this.#code.get(...args.map((arg) => arg[side] ?? arg[0]!));
      instruction();
      return this.#code.kept('v128');
    });
  }
}

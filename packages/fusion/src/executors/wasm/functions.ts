// SPDX-License-Identifier: Apache-2.0
// Primitives that WebAssembly has no instruction for, four lanes at a time. Against the exact result the largest errors
// seen are, in units in the last place: exp 0.98, log 0.83, pow 0.59.
//
// exp reduces its argument to r = x − n·ln 2 and sums a polynomial of Cephes' expf; log is FreeBSD's logf; pow is
// 2^(y·log₂x) in float64, by Taylor series.

import type { Code } from './encoder.js';

/** Primitives written here. */
export type FunctionName = 'exp' | 'log' | 'pow';

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
class Vectors {
  constructor(private readonly code: Code) {}

  /** The result of an instruction. */
  do(name: keyof typeof op, ...args: readonly number[]): number {
    for (const local of args) this.code.get(local);
    this.code.simd(op[name]);
    return this.keep();
  }

  shift(name: keyof typeof shifts, x: number, by: number): number {
    this.code.get(x);
    this.code.i32(by);
    this.code.simd(shifts[name]);
    return this.keep();
  }

  f32(value: number): number {
    return this.constant(new Float32Array(4).fill(value));
  }

  i32(value: number): number {
    return this.constant(new Int32Array(4).fill(value));
  }

  f64(value: number): number {
    return this.constant(new Float64Array(2).fill(value));
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
    return this.do('promoteLow', half === 0 ? x : this.shuffle(x, x, upperHalf));
  }

  demote(low: number, high: number): number {
    return this.shuffle(this.do('demote', low), this.do('demote', high), lowHalves);
  }

  private constant({ buffer }: { readonly buffer: ArrayBufferLike }): number {
    this.code.simd(0x0c, ...new Uint8Array(buffer)); // v128.const
    return this.keep();
  }

  private shuffle(x: number, y: number, lanes: readonly number[]): number {
    this.code.get(x);
    this.code.get(y);
    this.code.simd(0x0d, ...lanes);
    return this.keep();
  }

  private keep(): number {
    const local = this.code.local('v128');
    this.code.set(local);
    return local;
  }
}

function exp(v: Vectors, x: number): number {
  // From 89 on the result is ∞, below −104 it is 0, which multiplication would come to only slowly. NaN goes through.
  const vanishes = v.do('less', x, v.f32(-104));
  const within = v.do('andNot', v.do('pmin', x, v.f32(89)), vanishes);
  const n = v.do('nearest', v.do('mul', within, v.f32(Math.LOG2E)));
  // ln 2 in two parts, of which n times the first is exact.
  const rough = v.do('sub', within, v.do('mul', n, v.f32(0.693359375)));
  const r = v.do('sub', rough, v.do('mul', n, v.f32(Math.LN2 - 0.693359375)));
  const p = v.polynomial(r, expPolynomial);
  const tail = v.do('add', v.do('mul', p, v.do('mul', r, r)), r);
  const y = v.do('add', tail, v.f32(1));
  // 2ⁿ in two factors: it may be too small for one.
  const exponent = v.do('toInt', n);
  const half = v.shift('rightInt', exponent, 1);
  const power = (k: number): number => v.shift('leftInt', v.do('addInt', k, v.i32(127)), 23);
  const result = v.do('mul', v.do('mul', y, power(half)), power(v.do('subInt', exponent, half)));
  return v.do('andNot', result, vanishes);
}

/** (eʳ − 1 − r)/r² */
const expPolynomial = [
  5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4,
];

/** The bits of √½. */
const rootOfHalf = 0x3f3504f3;

/** x = 2ᵏ·m with m from √½ to √2, for positive finite x. */
function split(v: Vectors, x: number): { m: number; k: number } {
  const isDenormal = v.do('less', x, v.f32(2 ** -126));
  const normal = v.do('select', v.do('mul', x, v.f32(2 ** 23)), x, isDenormal);
  const bits = v.do('addInt', normal, v.i32(0x3f800000 - rootOfHalf));
  const lift = v.do('add', v.f32(127), v.do('and', isDenormal, v.f32(23)));
  return {
    m: v.do('addInt', v.do('and', bits, v.i32(0x7fffff)), v.i32(rootOfHalf)),
    k: v.do('sub', v.do('fromInt', v.shift('rightInt', bits, 23)), lift),
  };
}

function log(v: Vectors, x: number): number {
  const { m, k } = split(v, x);
  const f = v.do('sub', m, v.f32(1));
  const s = v.do('div', f, v.do('add', f, v.f32(2)));
  const z = v.do('mul', s, s);
  const R = v.do('mul', z, v.polynomial(z, logPolynomial));
  const half = v.do('mul', v.f32(0.5), v.do('mul', f, f));
  const small = v.do('add', v.do('mul', s, v.do('add', half, R)), v.do('mul', k, v.f32(9.0580006145e-6)));
  const large = v.do('mul', k, v.f32(6.9313812256e-1));
  const y = v.do('add', v.do('add', v.do('sub', small, half), f), large);
  // ∞ and NaN are their own logarithms; that of 0 is −∞, and of what is below it NaN.
  const finite = v.do('select', y, x, v.do('less', x, v.f32(Infinity)));
  const nonPositive = v.do('select', v.f32(-Infinity), v.f32(Number.NaN), v.do('equal', x, v.f32(0)));
  return v.do('select', finite, nonPositive, v.do('less', v.f32(0), x));
}

/** (ln(1 + f) − f + f²/2)/s − f²/2, by z = s², over z */
const logPolynomial = [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841];

function pow(v: Vectors, x: number, y: number): number {
  const size = v.do('abs', x);
  const { m, k } = split(v, size);
  // Logarithms of 0, ∞ and NaN are as large as the exponent, or NaN.
  const infinity = v.f32(Infinity);
  const zero = v.f32(0);
  const special = v.do('select', v.f32(-Infinity), size, v.do('equal', size, zero));
  const isOrdinary = v.do('and', v.do('less', zero, size), v.do('less', size, infinity));
  const exponent = v.do('select', k, special, isOrdinary);
  const [low, high] = ([0, 1] as const).map((half) => {
    const f = v.do('sub64', v.promote(m, half), v.f64(1));
    const s = v.do('div64', f, v.do('add64', f, v.f64(2)));
    const fraction = v.do('mul64', s, v.polynomial64(v.do('mul64', s, s), log2Series));
    const log2 = v.do('add64', v.promote(exponent, half), fraction);
    const t = v.do('mul64', v.promote(y, half), log2);
    const within = v.do('pmin64', v.do('pmax64', t, v.f64(-160)), v.f64(160));
    const n = v.do('nearest64', within);
    const power = v.polynomial64(v.do('sub64', within, n), exp2Series);
    // The last bits of a number above 2⁵² are an integer: here the exponent of 2ⁿ.
    return v.do('mul64', power, v.shift('left64', v.do('add64', n, v.f64(2 ** 52 + 1023)), 52));
  });
  const positive = v.demote(low!, high!);
  const isWhole = v.do('equal', v.do('trunc', y), y);
  const half = v.do('mul', y, v.f32(0.5));
  const isOdd = v.do('and', isWhole, v.do('notEqual', v.do('trunc', half), half));
  const sign = v.do('and', v.do('and', isOdd, x), v.f32(-0));
  // A negative number to a fractional power is NaN, as a mask is.
  const isNegative = v.do('and', v.do('less', x, zero), v.do('less', size, infinity));
  const invalid = v.do('andNot', isNegative, isWhole);
  const result = v.do('or', v.do('or', positive, sign), invalid);
  return v.do('select', v.f32(1), result, v.do('equal', y, zero));
}

/** log₂ of (1 + s)/(1 − s), by s², over s */
const log2Series = [0, 1, 2, 3, 4, 5].map((i) => 2 / Math.LN2 / (2 * i + 1));
/** 2ʳ by r */
const exp2Series = [1, 1, 2, 6, 24, 120, 720, 5040].map((factorial, i) => Math.LN2 ** i / factorial);

/** Writes a function of vectors in locals; gives the local of its result. */
export const functions: Readonly<Record<FunctionName, (code: Code, ...args: number[]) => number>> = {
  exp: (code, x) => exp(new Vectors(code), x!),
  log: (code, x) => log(new Vectors(code), x!),
  pow: (code, x, y) => pow(new Vectors(code), x!, y!),
};

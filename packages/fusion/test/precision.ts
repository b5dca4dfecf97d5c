// SPDX-License-Identifier: Apache-2.0
// How exactly an executor computes. Everything not mentioned is rounded correctly, to float32, after each operation.

import type { OperationName, ReductionName } from '../src/index.js';
import { anything, contains, isEmpty, point, union, type Numbers } from './sets.js';

/** The smallest normal float32. */
export const smallest: number = 2 ** -126;

/** The distance of float32 numbers around x. */
export function ulp(x: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  return Number.isFinite(x) ? 2 ** (Math.max(exponent, -126) - 23) : 0;
}

/** What is known of an executor's arithmetic. */
export interface Precision {
  /** Largest distance from the exact result of an operation, before it is rounded to float32. */
  readonly errors: { readonly [Op in OperationName]?: (...args: number[]) => number };
  /** Unit roundoff of the running value of a sum. */
  readonly sum: number;
  /** Whether a denormal operand or result may count as zero, and a zero lose its sign. */
  readonly flushes: boolean;
  /** Where the executor departs from the language: what it may give instead of `exact`. */
  readonly exceptions: {
    readonly [Op in OperationName | ReductionName]?: (exact: Numbers, ...args: Numbers[]) => Numbers;
  };
}

/** IEEE 754 throughout, and sums in float64. The language itself, and TensorFlow.js' cpu backend. */
export const correctlyRounded: Precision = { errors: {}, sum: 2 ** -53, flushes: false, exceptions: {} };

const oneUlp =
  (f: (...args: number[]) => number) =>
  (...args: number[]): number =>
    ulp(f(...args));
const isFinite = (set: Numbers): boolean =>
  !set.nan && Math.abs(set.lo) < Infinity && Math.abs(set.hi) < Infinity;

/** Our WebAssembly kernels: exp and log in float32, where one unit was not reached; the others in float64, where 0.59 was. */
export const webAssembly: Precision = {
  ...correctlyRounded,
  errors: {
    exp: oneUlp(Math.exp),
    log: oneUlp(Math.log),
    pow: (x, y) => 0.6 * ulp(x ** y),
    cbrt: (x) => 0.6 * ulp(Math.cbrt(x)),
    atan2: (y, x) => 0.6 * ulp(Math.atan2(y, x)),
  },
};

/** TensorFlow.js' wasm backend. */
const wasmOps: Precision = {
  // C's mathematical functions in float32; 0.8 units were seen.
  errors: {
    exp: oneUlp(Math.exp),
    log: oneUlp(Math.log),
    pow: oneUlp(Math.pow),
    cbrt: oneUlp(Math.cbrt),
    atan2: oneUlp(Math.atan2),
  },
  sum: 2 ** -24,
  flushes: false,
  exceptions: {
    // XNNPACK gives the first operand where the second is NaN.
    minimum: (exact, x, y) => (y.nan ? union(exact, x) : exact),
    maximum: (exact, x, y) => (y.nan ? union(exact, x) : exact),
    // In C, 1 to any power and −1 to an infinite one are 1; in JavaScript they are NaN.
    pow: (exact, _, y) => (isFinite(y) ? exact : anything),
  },
};

/**
 * Graphics processors, as WGSL's table of accuracies allows: n units in the last place for division, root and
 * exponential, an absolute error for the logarithm near 1, all of these for the power, which is 2^(y·log₂x).
 * GLSL leaves it open; the same drivers and machines are below both.
 */
const gpu: Precision = {
  errors: {
    // A product that is added without being rounded is off by less than this.
    mul: (x, y) => ulp(x * y) / 2,
    div: (x, y) => 2.5 * ulp(x / y),
    sqrt: (x) => 5 * ulp(Math.sqrt(x)),
    exp: (x) => (3 + 2 * Math.abs(x)) * ulp(Math.exp(x)),
    log: (x) => 2 ** -21 + 3 * ulp(Math.log(x)),
    cbrt: (x) => 4 * ulp(Math.cbrt(x)),
    // WGSL's own; ours has no more than 8 of them.
    atan2: (y, x) => 4096 * ulp(Math.atan2(y, x)),
    pow: (x, y) => {
      const log = Math.log2(Math.abs(x));
      const inExponent = Math.abs(y) * (2 ** -21 + 3 * ulp(log)) + ulp(y * log);
      return Math.abs(x) ** y * Math.expm1(inExponent) + (3 + 2 * Math.abs(y * log)) * ulp(x ** y);
    },
  },
  sum: 2 ** -24,
  flushes: true,
  exceptions: {
    // WGSL lets a shader assume that there is no NaN.
    exp: (exact, x) => (x.nan ? anything : exact),
    // The logarithm of a negative zero or denormal is a number of no meaning.
    log: (exact, x) => (x.nan || (x.lo < smallest && x.hi > -smallest) ? anything : exact),
    // Shaders give 0 for 0⁻¹, and infinities for NaN and for 1 to an infinite power.
    pow: (exact, x, y) => (isFinite(x) && isFinite(y) && !contains(x, 0) ? exact : anything),
    // Nor is there an angle where both are zero, or infinite.
    atan2: (exact, y, x) => (isFinite(y) && isFinite(x) && !(isTiny(y) && isTiny(x)) ? exact : anything),
  },
};

/** Whether a number may count as zero. */
export const isTiny = (set: Numbers): boolean => set.lo < smallest && set.hi > -smallest;

/** Error of the angle in our shaders. */
export const ownAngle = (y: number, x: number): number => 8 * ulp(Math.atan2(y, x));

/** Among operands that count as zero, any may be taken for the smallest or largest. */
function anyDenormal(exact: Numbers, ...args: Numbers[]): Numbers {
  if (exact.lo >= smallest || exact.hi <= -smallest) return exact;
  return args
    .map(({ lo, hi }) => ({ lo: Math.max(lo, -smallest), hi: Math.min(hi, smallest), nan: false }))
    .filter((set) => !isEmpty(set))
    .reduce(union, exact);
}

const webgpuOps: Precision = {
  ...gpu,
  exceptions: {
    ...gpu.exceptions,
    minimum: anyDenormal,
    maximum: anyDenormal,
    min: anyDenormal,
    max: anyDenormal,
  },
};

const webglOps: Precision = {
  ...gpu,
  exceptions: {
    ...gpu.exceptions,
    // The shader takes every quotient of equal operands for 1, also 0/0 and ∞/∞.
    div: (exact, x, y) => (x.lo <= y.hi && y.lo <= x.hi ? union(exact, point(1)) : exact),
    // The shaders start from ∓1e20.
    max: (exact) => (exact.lo < -1e20 ? union(exact, point(Math.fround(-1e20))) : exact),
    min: (exact) => (exact.hi > 1e20 ? union(exact, point(Math.fround(1e20))) : exact),
  },
};

/** Precision of the executor of plain TensorFlow.js ops on each backend. */
export const opsPrecision: Readonly<Record<'cpu' | 'wasm' | 'webgl' | 'webgpu', Precision>> = {
  // A cube root is composed of a power and a step of Newton's.
  cpu: { ...correctlyRounded, errors: { cbrt: oneUlp(Math.cbrt) } },
  wasm: wasmOps,
  webgl: webglOps,
  webgpu: webgpuOps,
};

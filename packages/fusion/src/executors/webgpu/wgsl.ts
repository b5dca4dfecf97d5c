// SPDX-License-Identifier: Apache-2.0
// The language in WGSL. F, B and U are the types of numbers, conditions and bits: of one element, or of four.

import type { OperationName, ReductionName } from '../../language.js';
import { arctangent, tangentOfEighth } from '../arctangent.js';

/** One row per elementwise primitive. Arguments are names or calls, so they need no parentheses. */
export const elementwise: Readonly<Record<OperationName, (...args: string[]) => string>> = {
  neg: (x) => `-${x}`,
  abs: (x) => `abs(${x})`,
  sqrt: (x) => `sqrt(${x})`,
  exp: (x) => `exponential(${x})`,
  log: (x) => `logarithm(${x})`,
  cbrt: (x) => `cubeRoot(${x})`,
  add: (x, y) => `${x} + ${y}`,
  sub: (x, y) => `${x} - ${y}`,
  mul: (x, y) => `${x} * ${y}`,
  div: (x, y) => `${x} / ${y}`,
  pow: (x, y) => `power(${x}, ${y})`,
  atan2: (y, x) => `angleOf(${y}, ${x})`,
  minimum: (x, y) => `minimum(${x}, ${y})`,
  maximum: (x, y) => `maximum(${x}, ${y})`,
  less: (x, y) => `(${x} < ${y}) & areNumbers(${x}, ${y})`,
  lessEqual: (x, y) => `(${x} <= ${y}) & areNumbers(${x}, ${y})`,
  equal: (x, y) => `(${x} == ${y}) & areNumbers(${x}, ${y})`,
  and: (x, y) => `${x} & ${y}`,
  not: (x) => `!${x}`,
  where: (condition, x, y) => `select(${y}, ${x}, ${condition})`,
};

/** One row per reduction: how two values become one, and the value over no elements. */
export const reduction: Readonly<
  Record<ReductionName, { join: (x: string, y: string) => string; none: number }>
> = {
  sum: { join: (x, y) => `${x} + ${y}`, none: 0 },
  max: { join: (x, y) => `maximum(${x}, ${y})`, none: -Infinity },
  min: { join: (x, y) => `minimum(${x}, ${y})`, none: Infinity },
};

// WGSL lets a compiler assume that there are no NaN and no infinities. Bits are beyond such assumptions.
const functions: readonly (readonly [name: string, text: string])[] = [
  [
    'minimum',
    `fn minimum(x: F, y: F) -> F {
  return select(x + y, min(x, y), areNumbers(x, y));
}`,
  ],
  [
    'maximum',
    `fn maximum(x: F, y: F) -> F {
  return select(x + y, max(x, y), areNumbers(x, y));
}`,
  ],
  [
    'exponential',
    `fn exponential(x: F) -> F {
  return select(x, exp(x), areNumbers(x, x));
}`,
  ],
  [
    'logarithm',
    `fn logarithm(x: F) -> F {
  let size = select(log(x), F(-1) / abs(x), x == F(0));
  return select(F(u.nan), size, (x >= F(0)) & areNumbers(x, x));
}`,
  ],
  [
    'power',
    `fn power(x: F, y: F) -> F {
  let base = abs(x);
  let size = select(pow(base, y), select(F(1) / base, base, y > F(0)), base == F(0));
  let half = y * 0.5;
  let result = select(size, -size, (x < F(0)) & (half - floor(half) == F(0.5)));
  let isReal = ((x >= F(0)) | (x < F(-0x1.fffffep127)) | (floor(y) == y)) & areNumbers(x, y);
  return select(select(F(u.nan), result, isReal), F(1), y == F(0));
}`,
  ],
  [
    'cubeRoot',
    `fn cubeRoot(x: F) -> F {
  let size = abs(x);
  let isOrdinary = (size > F(0)) & (size <= F(0x1.fffffep127)) & areNumbers(x, x);
  let safe = select(F(1), size, isOrdinary);
  let y = exp2(log2(safe) / F(3));
  return select(x, sign(x) * (y - (y - safe / (y * y)) / F(3)), isOrdinary);
}`,
  ],
  [
    // The function of WGSL itself may be off by thousands of units in the last place.
    'angleOf',
    `fn angleOf(y: F, x: F) -> F {
  let height = abs(y);
  let width = abs(x);
  let large = max(height, width);
  let small = min(height, width);
  let isInfinite = large > F(0x1.fffffep127);
  let scale = select(select(F(1), F(1e18), large < F(1e-18)), F(1e-18), large > F(1e18));
  let a = select(small * scale, select(F(0), F(1), small > F(0x1.fffffep127)), isInfinite);
  let b = select(large * scale, F(1), isInfinite | (large == F(0)));
  let far = a > b * F(${tangentOfEighth});
  let t = select(a, a - b, far) / select(b, a + b, far);
  let z = t * t;
  let angle = t * (${arctangent.reduceRight((sum, c) => (sum ? `F(${c}) + z * (${sum})` : `F(${c})`), '')});
  let eighth = angle + select(F(0), F(${Math.PI / 4}), far);
  let quarter = select(eighth, F(${Math.PI / 2}) - eighth, width < height);
  let half = select(quarter, F(${Math.PI}) - quarter, (bitcast<U>(x) & U(0x80000000)) != U(0));
  let whole = select(half, -half, (bitcast<U>(y) & U(0x80000000)) != U(0));
  return select(F(u.nan), whole, areNumbers(x, y));
}`,
  ],
  [
    'areNumbers',
    `fn areNumbers(x: F, y: F) -> B {
  let bits = max(bitcast<U>(x) & U(0x7fffffff), bitcast<U>(y) & U(0x7fffffff));
  return bits <= U(0x7f800000);
}`,
  ],
];

/** What a shader calls beside WGSL's own functions: those of `code`, and of what is called there. */
export function calledBy(code: string): string {
  let called = '';
  // Each calls only what comes after it.
  for (const [name, text] of functions) {
    if (`${called}${code}`.includes(`${name}(`)) called += `${text}\n`;
  }
  return called;
}

/** The same code for one element instead of four. */
export function narrow(code: string): string {
  const calls = functions.map(([name]) => name).join('|');
  return code
    .replace(new RegExp(`\\b(${calls})\\(`, 'g'), '$1Of1(')
    .replace(/\b[FBU]\b/g, (type) => narrowTypes[type]!);
}

const narrowTypes: Readonly<Record<string, string>> = { F: 'f32', B: 'bool', U: 'u32' };

/** F, B and U as one element or four. */
export const types = (isWide: boolean): string =>
  Object.entries(narrowTypes)
    .map(([name, type]) => `alias ${name} = ${isWide ? `vec4<${type}>` : type};`)
    .join('\n');

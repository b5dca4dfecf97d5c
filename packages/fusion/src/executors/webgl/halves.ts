// SPDX-License-Identifier: Apache-2.0
// Textures of 16 bits, on devices that draw on no others.
//
// Programs compute in 32 bits. What they make is kept twice: rounded, in a texture that is all the rest of the page sees of a
// tensor; and exactly, in a pair of halves side by side, in a texture of twice as many texels that programs read. So a second
// moment neither vanishes nor overflows, a weight adds up steps that are small beside it, and a step is bit for bit the one of
// 32-bit textures. Only what is smaller than 2⁻⁸² (2e-25), and not 0, becomes ±2⁻⁸²: something may be divided by it.
//
// A float32 has 23 bits behind the point and, from 2⁻⁸² on, 7 · 30 exponents and that of infinity and NaN; a half has 10 bits
// and 30 exponents. The upper half takes the sign, the first 10 bits, and the exponent modulo 30; the lower one the next 10 bits
// and, as sign and exponent, the last 3 bits and what is left of the exponent. Both are ordinary numbers of 16 bits, so nothing
// rounds or flushes them. 0 is two zeros.

import type { Shape } from '../../shape.js';

/** The shape of the pair of a tensor with so many texels. */
export const pairShape = (texels: number): Shape => [1, 2, 4 * texels];

/** Statements that find which texel's halves to make, and which half. */
export const position: string = `
  bool isLower = index % 2 == 1;
  index /= 2;`;

/** What is drawn of a value. */
export const halfOf = (value: string): string => `halfOf(${value}, isLower)`;

/** The exponent field of the least size that is kept. */
const first = 45;
/** The exponent field of 2⁻¹⁴. */
const base = 113;

/** The functions of programs: a half of a value, and a texel of a pair. */
export const functions: string = `
vec4 halfOf(vec4 x, bool isLower) {
  uvec4 bits = floatBitsToUint(x);
  uvec4 size = bits & 0x7fffffffu;
  bvec4 isZero = equal(size, uvec4(0u));
  uvec4 isNaN = uvec4(greaterThan(size, uvec4(0x7f800000u)));
  size = max((size | isNaN * 0x400000u) & ~(isNaN * 7u), uvec4(${first}u << 23));
  uvec4 exponent = (size >> 23) - ${first}u;
  if (!isLower) {
    uvec4 made = (bits & 0x80000000u) | ((${base}u + exponent % 30u) << 23) | (size & 0x7fe000u);
    return mix(uintBitsToFloat(made), vec4(0.0), isZero);
  }
  uvec4 rest = (exponent / 30u) * 8u + (size & 7u);
  uvec4 made = ((rest & 1u) << 31) | ((${base}u + (rest >> 1)) << 23) | ((size & 0x1ff8u) << 10);
  return mix(uintBitsToFloat(made), vec4(0.0), isZero);
}
vec4 whole(sampler2D pair, int i) {
  vec4 upper = at(pair, 2 * i);
  uvec4 bits = floatBitsToUint(upper);
  uvec4 lower = floatBitsToUint(at(pair, 2 * i + 1));
  uvec4 rest = (((lower & 0x7f800000u) >> 23) - ${base}u) * 2u + (lower >> 31);
  uvec4 exponent = ((bits & 0x7f800000u) >> 23) - ${base}u + (rest / 8u) * 30u + ${first}u;
  uvec4 made = (bits & 0x807fe000u) | (exponent << 23) | ((lower >> 10) & 0x1ff8u) | (rest & 7u);
  return mix(uintBitsToFloat(made), upper, equal(lower & 0x7fffffffu, uvec4(0u)));
}`;

/** Numbers and their bits. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** The halves of numbers. */
export function halvesOf(values: Float32Array): { upper: Float32Array; lower: Float32Array } {
  const upper = values.slice();
  const lower = new Float32Array(values.length);
  const [high, low] = [bitsOf(upper), bitsOf(lower)];
  high.forEach((bits, i) => {
    const given = bits & 0x7fffffff;
    if (given === 0) return;
    const size = given > 0x7f800000 ? 0x7fc00000 : Math.max(given, first << 23);
    const exponent = (size >> 23) - first;
    const rest = Math.floor(exponent / 30) * 8 + (size & 7);
    high[i] = (bits & 0x80000000) | ((base + (exponent % 30)) << 23) | (size & 0x7fe000);
    low[i] = ((rest & 1) << 31) | ((base + (rest >> 1)) << 23) | ((size & 0x1ff8) << 10);
  });
  return { upper, lower };
}

/** The numbers that halves are of. */
export function wholeOf(upper: Float32Array, lower: Float32Array): Float32Array {
  const values = upper.slice();
  const [made, low] = [bitsOf(values), bitsOf(lower)];
  made.forEach((bits, i) => {
    const other = low[i]!;
    if (other === 0) return;
    const rest = (((other & 0x7f800000) >> 23) - base) * 2 + (other >>> 31);
    const exponent = ((bits & 0x7f800000) >> 23) - base + (rest >> 3) * 30 + first;
    made[i] = (bits & 0x807fe000) | (exponent << 23) | ((other >> 10) & 0x1ff8) | (rest & 7);
  });
  return values;
}

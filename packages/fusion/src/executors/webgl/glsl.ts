// SPDX-License-Identifier: Apache-2.0
// The elementwise operations in GLSL, over four elements at once: numbers are vec4, conditions bvec4.

import type { OperationName, ReductionName } from '../../language.js';
import { arctangent, tangentOfEighth } from '../arctangent.js';

interface Row {
  readonly glsl: (x: string, y: string, z: string) => string;
  /** Functions the row calls. */
  readonly functions?: readonly string[];
}

/** Drivers may take for granted that there is no NaN; the bits are beyond doubt. */
const isNaN = `
bool isNaN(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }
bvec4 isNaN(vec4 x) { return greaterThan(floatBitsToUint(x) & 0x7fffffffu, uvec4(0x7f800000u)); }`;

const squareRoot = `
vec4 squareRoot(vec4 x) { return mix(sqrt(x), vec4(NAN), lessThan(x, vec4(0.0))); }`;

const exponential = `
vec4 exponential(vec4 x) { return mix(exp(x), x, isNaN(x)); }`;

const logarithm = `
vec4 logarithm(vec4 x) {
  vec4 y = mix(log(x), vec4(-INF), equal(x, vec4(0.0)));
  return mix(mix(y, vec4(NAN), lessThan(x, vec4(0.0))), x, isNaN(x));
}`;

/** GLSL's own `pow` knows positive bases and finite exponents only. */
const power = `
float power(float x, float y) {
  if (y == 0.0) return 1.0;
  float base = abs(x);
  bool fractional = x < 0.0 && base != INF && floor(y) != y;
  if (isNaN(x) || isNaN(y) || fractional || (base == 1.0 && abs(y) == INF)) return NAN;
  float z = base == 0.0 && y < 0.0 ? INF : pow(base, y);
  return x < 0.0 && mod(abs(y), 2.0) == 1.0 ? -z : z;
}
vec4 power(vec4 x, vec4 y) {
  return vec4(power(x.x, y.x), power(x.y, y.y), power(x.z, y.z), power(x.w, y.w));
}`;

const cubeRoot = `
vec4 cubeRoot(vec4 x) {
  vec4 size = abs(x);
  bvec4 special = bvec4(ivec4(equal(size, vec4(0.0))) + ivec4(equal(size, vec4(INF))) + ivec4(isNaN(x)));
  vec4 safe = mix(size, vec4(1.0), special);
  vec4 y = exp2(log2(safe) / 3.0);
  return mix(sign(x) * (y - (y - safe / (y * y)) / 3.0), x, special);
}`;

/** The drivers' own functions may be off by thousands of units in the last place. */
const angleOf = `
float angleOf(float y, float x) {
  if (isNaN(x) || isNaN(y)) return NAN;
  float height = abs(y), width = abs(x), large = max(height, width), small = min(height, width);
  if (large == INF) { small = small == INF ? 1.0 : 0.0; large = 1.0; }
  float scale = large > 1e18 ? 1e-18 : large < 1e-18 ? 1e18 : 1.0;
  small *= scale;
  large = large == 0.0 ? 1.0 : large * scale;
  bool far = small > large * ${tangentOfEighth};
  float t = far ? (small - large) / (large + small) : small / large;
  float z = t * t;
  float angle = t * (${arctangent.reduceRight((sum, c) => (sum ? `${c} + z * (${sum})` : `${c}`), '')});
  if (far) angle += ${Math.PI / 4};
  if (width < height) angle = ${Math.PI / 2} - angle;
  if ((floatBitsToUint(x) & 0x80000000u) != 0u) angle = ${Math.PI} - angle;
  return (floatBitsToUint(y) & 0x80000000u) != 0u ? -angle : angle;
}
vec4 angleOf(vec4 y, vec4 x) {
  return vec4(angleOf(y.x, x.x), angleOf(y.y, x.y), angleOf(y.z, x.z), angleOf(y.w, x.w));
}`;

const smaller = `
vec4 smaller(vec4 x, vec4 y) { return mix(mix(min(x, y), x, isNaN(x)), y, isNaN(y)); }`;

const larger = `
vec4 larger(vec4 x, vec4 y) { return mix(mix(max(x, y), x, isNaN(x)), y, isNaN(y)); }`;

const both = `
bvec4 both(bvec4 x, bvec4 y) { return bvec4(x.x && y.x, x.y && y.y, x.z && y.z, x.w && y.w); }`;

/** One row per elementwise primitive. */
const rows: Readonly<Record<OperationName, Row>> = {
  neg: { glsl: (x) => `-${x}` },
  abs: { glsl: (x) => `abs(${x})` },
  sqrt: { glsl: (x) => `squareRoot(${x})`, functions: [squareRoot] },
  exp: { glsl: (x) => `exponential(${x})`, functions: [isNaN, exponential] },
  log: { glsl: (x) => `logarithm(${x})`, functions: [isNaN, logarithm] },
  cbrt: { glsl: (x) => `cubeRoot(${x})`, functions: [isNaN, cubeRoot] },
  add: { glsl: (x, y) => `${x} + ${y}` },
  sub: { glsl: (x, y) => `${x} - ${y}` },
  mul: { glsl: (x, y) => `${x} * ${y}` },
  div: { glsl: (x, y) => `${x} / ${y}` },
  pow: { glsl: (x, y) => `power(${x}, ${y})`, functions: [isNaN, power] },
  atan2: { glsl: (y, x) => `angleOf(${y}, ${x})`, functions: [isNaN, angleOf] },
  minimum: { glsl: (x, y) => `smaller(${x}, ${y})`, functions: [isNaN, smaller] },
  maximum: { glsl: (x, y) => `larger(${x}, ${y})`, functions: [isNaN, larger] },
  less: { glsl: (x, y) => `lessThan(${x}, ${y})` },
  lessEqual: { glsl: (x, y) => `lessThanEqual(${x}, ${y})` },
  equal: { glsl: (x, y) => `equal(${x}, ${y})` },
  and: { glsl: (x, y) => `both(${x}, ${y})`, functions: [both] },
  not: { glsl: (x) => `not(${x})` },
  where: { glsl: (x, y, z) => `mix(${z}, ${y}, ${x})` },
};

/** One row per reduction: how results are put together, and the one over no elements. */
export const folds: Readonly<Record<ReductionName, { fold: OperationName; none: string }>> = {
  sum: { fold: 'add', none: '0.0' },
  max: { fold: 'maximum', none: '-INF' },
  min: { fold: 'minimum', none: 'INF' },
};

/** An operation on variables. */
export function operation(op: OperationName, [x, y, z]: readonly string[]): string {
  return rows[op].glsl(x!, y!, z!);
}

/** What the text of some operations calls, each once. */
export function functionsFor(ops: readonly OperationName[]): string {
  const infinity = '\n#define INF uintBitsToFloat(0x7f800000u)';
  return [infinity, ...new Set(ops.flatMap((op) => rows[op].functions ?? []))].join('');
}

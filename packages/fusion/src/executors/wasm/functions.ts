// SPDX-License-Identifier: Apache-2.0
// Primitives that WebAssembly has no instruction for, four lanes at a time. Against the exact result the largest errors
// seen are, in units in the last place: exp 0.98, log 0.83, pow 0.59, cbrt 0.58, atan2 0.51.
//
// exp reduces its argument to r = x − n·ln 2 and sums a polynomial of Cephes' expf; log is FreeBSD's logf; pow is
// 2^(y·log₂x) in float64, by Taylor series; cbrt starts from a root of eight bits, whose cube is exact, and sums a series;
// atan2 sums a polynomial in float64.

import { arctangent, tangentOfEighth } from '../arctangent.js';
import type { Vectors, Wide } from './vectors.js';

export function writeExp(v: Vectors, x: Wide): Wide {
  // From 89 on the result is ∞, below −104 it is 0, which multiplication would come to only slowly. NaN goes through.
  const vanishes = v.do('less', x, v.f32(-104));
  const within = v.do('andNot', v.do('pmin', x, v.f32(89)), vanishes);
  // Where numbers are as large as this one they are whole, and their last bits an integer.
  const shifted = v.do('add', v.do('mul', within, v.f32(Math.LOG2E)), v.f32(1.5 * 2 ** 23));
  const n = v.do('sub', shifted, v.f32(1.5 * 2 ** 23));
  // ln 2 in two parts, of which n times the first is exact.
  const rough = v.do('sub', within, v.do('mul', n, v.f32(0.693359375)));
  const r = v.do('sub', rough, v.do('mul', n, v.f32(Math.LN2 - 0.693359375)));
  const p = v.polynomial(r, expPolynomial);
  const tail = v.do('add', v.do('mul', p, v.do('mul', r, r)), r);
  const y = v.do('add', tail, v.f32(1));
  // 2ⁿ in two factors: it may be too small for one.
  const half = v.shift('rightInt', shifted, 1);
  const power = (k: Wide): Wide => v.do('addInt', v.shift('leftInt', k, 23), v.f32(1));
  const result = v.do('mul', v.do('mul', y, power(half)), power(v.do('subInt', shifted, half)));
  return v.do('andNot', result, vanishes);
}

/** (eʳ − 1 − r)/r² */
const expPolynomial = [
  5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4,
];

/** The bits of √½. */
const rootOfHalf = 0x3f3504f3;

/** x = 2ᵏ·m with m from √½ to √2, for positive finite x. */
function split(v: Vectors, x: Wide): { m: Wide; k: Wide } {
  const isDenormal = v.do('less', x, v.f32(2 ** -126));
  const normal = v.do('select', v.do('mul', x, v.f32(2 ** 23)), x, isDenormal);
  const bits = v.do('addInt', normal, v.i32(0x3f800000 - rootOfHalf));
  const lift = v.do('add', v.f32(127), v.do('and', isDenormal, v.f32(23)));
  return {
    m: v.do('addInt', v.do('and', bits, v.i32(0x7fffff)), v.i32(rootOfHalf)),
    k: v.do('sub', v.do('fromInt', v.shift('rightInt', bits, 23)), lift),
  };
}

export function writeLog(v: Vectors, x: Wide): Wide {
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

export function writePow(v: Vectors, x: Wide, y: Wide): Wide {
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

export function writeCbrt(v: Vectors, x: Wide): Wide {
  const size = v.do('and', x, v.i32(0x7fffffff));
  // So small that what is computed on the way would be denormal; of the others, so that nothing overflows, an eighth.
  const isTiny = v.do('less', size, v.f32(2 ** -96));
  const lift = v.do('addInt', v.f32(1 / 8), v.do('and', isTiny, v.i32(27 << 23)));
  const normal = v.do('mul', size, lift);
  // The bits of a positive number are a logarithm: a third of them are those of one 3.8 % off the root at most. Added to
  // so large a number it is rounded to eight bits, which leaves its cube exact, and the difference to x.
  const within = v.do('pmin', v.do('pmax', normal, v.f32(2 ** -126)), v.f32(2 ** 125));
  const third = v.do('mul', v.do('fromInt', within), v.f32(1 / 3));
  const start = v.shift('leftInt', v.do('add', third, v.f32(2 ** 39 + 0x2a520000)), 16);
  const cube = v.do('mul', v.do('mul', start, start), start);
  // The root is start·(1 + e)^⅓, where e is less than 0.12: a series, with the terms that fit best. Of ∞ it gives ∞ by a
  // large e, which does not overflow in all terms.
  const e = v.do('pmin', v.do('div', v.do('sub', normal, cube), cube), v.f32(2 ** 40));
  const root = v.do('add', start, v.do('mul', v.do('mul', start, e), v.polynomial(e, cbrtSeries)));
  const scaled = v.do('mul', root, v.do('subInt', v.f32(2), v.do('and', isTiny, v.i32(9 << 23))));
  const positive = v.do('andNot', scaled, v.do('equal', size, v.f32(0)));
  return v.do('or', positive, v.do('and', x, v.f32(-0)));
}

/** ((1 + e)^⅓ − 1)/e by e */
const cbrtSeries = [0.333333441, -0.111110643, 0.0616907886, -0.0413843285, 0.0336150882];

export function writeAtan2(v: Vectors, y: Wide, x: Wide): Wide {
  const [one, infinity] = [v.f32(1), v.f32(Infinity)];
  const [height, width] = [v.do('abs', y), v.do('abs', x)];
  const isSteep = v.do('less', width, height);
  const large = v.do('select', height, width, isSteep);
  const small = v.do('select', width, height, isSteep);
  // Two infinities count as two ones, and two zeros as a point to the right.
  const isInfinite = v.do('equal', large, infinity);
  const finite = v.do('select', v.do('and', v.do('equal', small, infinity), one), small, isInfinite);
  const other = v.do('select', one, large, v.do('or', isInfinite, v.do('equal', large, v.f32(0))));
  const isFar = v.do('less', v.do('mul', other, v.f32(tangentOfEighth)), finite);
  const isLeft = v.shift('rightInt', x, 31);
  // The angle is eighths·π/4 + turn·atan(…), of which the last is less than π/8.
  const flip = (mask: Wide): Wide => v.do('sub', one, v.do('and', mask, v.f32(2)));
  const [up, left] = [flip(isSteep), flip(isLeft)];
  const upright = v.do('add', v.do('and', isSteep, v.f32(2)), v.do('mul', up, v.do('and', isFar, one)));
  const eighths = v.do('add', v.do('and', isLeft, v.f32(4)), v.do('mul', left, upright));
  const turn = v.do('mul', up, left);
  const [low, high] = ([0, 1] as const).map((half) => {
    const [a, b] = [v.promote(finite, half), v.promote(other, half)];
    const far = v.promote(v.do('and', isFar, one), half);
    const t = v.do('div64', v.do('sub64', a, v.do('mul64', far, b)), v.do('add64', b, v.do('mul64', far, a)));
    const angle = v.do('mul64', t, v.polynomial64(v.do('mul64', t, t), arctangent));
    const start = v.do('mul64', v.promote(eighths, half), v.f64(Math.PI / 4));
    return v.do('add64', start, v.do('mul64', v.promote(turn, half), angle));
  });
  const angle = v.do('or', v.demote(low!, high!), v.do('and', y, v.f32(-0)));
  const isNumber = v.do('and', v.do('equal', x, x), v.do('equal', y, y));
  return v.do('select', angle, v.f32(Number.NaN), isNumber);
}

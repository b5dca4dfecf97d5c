// SPDX-License-Identifier: Apache-2.0
// What an element may be when rounding is not known exactly: an interval of numbers, NaN, or both. Every function
// here gives a set that contains all results its operands' sets allow, so a bound never has to be guessed.

/** The numbers from `lo` to `hi` (none when `lo > hi`), and NaN if `nan`. */
export interface Numbers {
  readonly lo: number;
  readonly hi: number;
  readonly nan: boolean;
}

/** Which of the two values a condition may have. */
export interface Condition {
  readonly yes: boolean;
  readonly no: boolean;
}

export const anything: Numbers = { lo: -Infinity, hi: Infinity, nan: true };
export const nothing: Numbers = { lo: Infinity, hi: -Infinity, nan: false };

/** The set of one number, the sign of a zero included. */
export const point = (x: number): Numbers =>
  Number.isNaN(x) ? { ...nothing, nan: true } : { lo: x, hi: x, nan: false };

export const isPoint = ({ lo, hi, nan }: Numbers): boolean => (lo > hi ? nan : Object.is(lo, hi) && !nan);
export const isEmpty = ({ lo, hi }: Numbers): boolean => lo > hi;
export const contains = (set: Numbers, x: number): boolean =>
  Number.isNaN(x) ? set.nan : set.lo <= x && x <= set.hi;
export const union = (a: Numbers, b: Numbers): Numbers => ({
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
  nan: a.nan || b.nan,
});
const isFinite = ({ lo, hi }: Numbers): boolean => lo <= hi && lo < Infinity && hi > -Infinity;
const withZero = (set: Numbers, zero: boolean): Numbers =>
  zero ? union(set, { lo: -0, hi: 0, nan: false }) : set;
const when = (certain: boolean, set: Numbers): Numbers => (certain ? set : nothing);
const isInfinite = (set: Numbers): boolean => contains(set, Infinity) || contains(set, -Infinity);
const withNaN = (set: Numbers, nan: boolean): Numbers => ({ ...set, nan: set.nan || nan });

/** Image under a function that is monotone in each argument: its extremes lie at the corners. */
function corners(f: (...xs: number[]) => number, ...sets: Numbers[]): Numbers {
  let result: Numbers = { ...nothing, nan: sets.some(({ nan }) => nan) };
  if (sets.some(isEmpty)) return result;
  for (let corner = 0; corner < 2 ** sets.length; corner++) {
    result = union(result, point(f(...sets.map(({ lo, hi }, i) => (corner & (1 << i) ? hi : lo)))));
  }
  return result;
}

/** The part of a set that is not negative; NaN if there is another. */
const nonNegative = (set: Numbers): Numbers => (set.lo < 0 ? { lo: 0, hi: set.hi, nan: true } : set);

function pow(x: Numbers, y: Numbers): Numbers {
  if (isPoint(x) && isPoint(y))
    return point(Math.pow(x.lo <= x.hi ? x.lo : Number.NaN, y.lo <= y.hi ? y.lo : Number.NaN));
  // Outside x > 0 it is not monotone, and the numbers where it jumps are many.
  if (!(x.lo > 0) || x.nan || y.nan) return anything;
  return withNaN(corners(Math.pow, x, y), contains(x, 1) && isInfinite(y));
}

/** Zeros of either sign are equally small and equally large. */
export function eitherZero({ lo, hi, nan }: Numbers): Numbers {
  return { lo: lo === 0 ? -0 : lo, hi: hi === 0 ? 0 : hi, nan };
}

type Unary = (x: Numbers) => Numbers;
type Binary = (x: Numbers, y: Numbers) => Numbers;
type Comparison = (x: Numbers, y: Numbers) => Condition;

/** The image of sets under every primitive, in exact arithmetic. */
export const images: Record<'neg' | 'abs' | 'sqrt' | 'exp' | 'log' | 'cbrt', Unary> &
  Record<'add' | 'sub' | 'mul' | 'div' | 'pow' | 'atan2' | 'minimum' | 'maximum', Binary> &
  Record<'less' | 'lessEqual' | 'equal', Comparison> & {
    and: (p: Condition, q: Condition) => Condition;
    not: (p: Condition) => Condition;
    where: (p: Condition, x: Numbers, y: Numbers) => Numbers;
  } = {
  neg: (x) => corners((a) => -a, x),
  abs: (x) =>
    x.lo < 0 && x.hi > 0 ? { lo: 0, hi: Math.max(-x.lo, x.hi), nan: x.nan } : corners(Math.abs, x),
  sqrt: (x) => corners(Math.sqrt, nonNegative(x)),
  exp: (x) => corners(Math.exp, x),
  log: (x) => corners(Math.log, nonNegative(x)),
  cbrt: (x) => corners(Math.cbrt, x),
  add: (x, y) => corners((a, b) => a + b, x, y),
  sub: (x, y) => corners((a, b) => a - b, x, y),
  mul: (x, y) => {
    const nan = (contains(x, 0) && isInfinite(y)) || (isInfinite(x) && contains(y, 0));
    // Corners with both 0 and ∞ are NaN, but there are finite numbers beside them.
    const zero = nan && ((contains(x, 0) && isFinite(y)) || (isFinite(x) && contains(y, 0)));
    return withZero(
      withNaN(
        corners((a, b) => a * b, x, y),
        nan,
      ),
      zero,
    );
  },
  div: (x, y) => {
    if (isPoint(x) && isPoint(y)) return corners((a, b) => a / b, x, y);
    if (contains(y, 0) && !isEmpty(x)) {
      return { ...anything, nan: x.nan || y.nan || contains(x, 0) || (isInfinite(x) && isInfinite(y)) };
    }
    return withZero(
      corners((a, b) => a / b, x, y),
      isInfinite(y) && isFinite(x),
    );
  },
  pow,
  atan2: (y, x) => {
    // Within a half plane it is monotone in each; it jumps where y changes its sign to the left.
    const isSmooth = x.lo > 0 || y.lo > 0 || y.hi < 0 || (isPoint(x) && isPoint(y));
    if (isSmooth || isEmpty(x) || isEmpty(y)) return corners(Math.atan2, y, x);
    return { lo: -Math.PI, hi: Math.PI, nan: x.nan || y.nan };
  },
  minimum: (x, y) => eitherZero(corners(Math.min, x, y)),
  maximum: (x, y) => eitherZero(corners(Math.max, x, y)),
  less: (x, y) => ({ yes: x.lo < y.hi, no: x.nan || y.nan || x.hi >= y.lo }),
  lessEqual: (x, y) => ({
    yes: x.lo <= y.hi && !isEmpty(x) && !isEmpty(y),
    no: x.nan || y.nan || x.hi > y.lo,
  }),
  equal: (x, y) => ({
    yes: x.lo <= y.hi && y.lo <= x.hi && !isEmpty(x) && !isEmpty(y),
    no: x.nan || y.nan || !(x.lo === x.hi && y.lo === y.hi && x.lo === y.lo),
  }),
  and: (p, q) => ({ yes: p.yes && q.yes, no: p.no || q.no }),
  not: (p) => ({ yes: p.no, no: p.yes }),
  where: (p, x, y) => union(when(p.yes, x), when(p.no, y)),
};

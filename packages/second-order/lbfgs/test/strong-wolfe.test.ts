// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cubic, strongWolfe, type Trial } from '../src/strong-wolfe.js';

type Along = (at: number) => readonly [value: number, slope: number];

function search(f: Along, first: number, budget = 25): { end: Trial; lengths: number[] } {
  const trial = (at: number): Trial => ({ at, value: f(at)[0], slope: f(at)[1] });
  const lengths: number[] = [];
  const steps = strongWolfe({ start: trial(0), first, budget, span: 1, toleranceChange: 1e-9 });
  let step = steps.next();
  while (!step.done) {
    lengths.push(step.value);
    step = steps.next(trial(step.value));
  }
  return { end: step.value, lengths };
}

/** (t − 3)², minimal at 3. */
const bowl: Along = (t) => [(t - 3) ** 2, 2 * (t - 3)];

describe('strongWolfe', () => {
  it('takes a first trial that is good enough', () => {
    expect(search(bowl, 2)).toEqual({ end: { at: 2, value: 1, slope: -2 }, lengths: [2] });
  });

  it('goes to the minimum of the cubic when the first trial is too short, at most ten times as far', () => {
    expect(search(bowl, 0.2).lengths).toEqual([0.2, 2]);
    expect(search((t) => [(t - 0.3) ** 2, 2 * (t - 0.3)], 0.01).lengths).toEqual([0.01, 0.1]);
  });

  it('zooms when it is too long', () => {
    const { end, lengths } = search(bowl, 10);
    expect(lengths).toEqual([10, 3]);
    expect(end.slope).toBe(0);
  });

  it('takes the middle after a trial that is not finite', () => {
    const f: Along = (t) => [t - Math.log(1 + t) - 0.5 * t + (t < 4 ? 0 : NaN), 0.5 - 1 / (1 + t)];
    expect(search(f, 8).lengths.slice(0, 3)).toEqual([8, 4, 2]);
  });

  it('takes the better of 0 and the first trial without a budget', () => {
    expect(search(bowl, 5, 0)).toEqual({ end: { at: 5, value: 4, slope: 4 }, lengths: [5] });
    expect(search(bowl, 50, 0).end.at).toBe(0);
  });

  it('finds a point of both conditions on any quartic that falls at 0', () => {
    const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        number(0.1, 5),
        number(-2, 2),
        number(-2, 2),
        number(0.1, 5),
        number(0.05, 3),
        (a, b, c, s, t) => {
          const f: Along = (x) => [
            a * x ** 4 + b * x ** 3 + c * x ** 2 - s * x,
            4 * a * x ** 3 + 3 * b * x ** 2 + 2 * c * x - s,
          ];
          const { end } = search(f, t, 100);
          expect(end.value).toBeLessThanOrEqual(-1e-4 * end.at * s);
          expect(Math.abs(end.slope)).toBeLessThanOrEqual(0.9 * s);
        },
      ),
    );
  });
});

describe('cubic', () => {
  it('finds the minimum of a cubic from values and slopes, in any order', () => {
    // t³ − 3t, minimal at 1.
    const at = (t: number): Trial => ({ at: t, value: t ** 3 - 3 * t, slope: 3 * t ** 2 - 3 });
    expect(cubic(at(0), at(3))).toBeCloseTo(1, 12);
    expect(cubic(at(3), at(0))).toBeCloseTo(1, 12);
    expect(cubic(at(2), at(3))).toBe(2);
    expect(cubic(at(0), at(0.5), 0.51, 5)).toBeCloseTo(1, 12);
    expect(cubic(at(0), at(0.5), 0.51, 0.8)).toBe(0.8);
  });

  it('takes the middle where there is none', () => {
    // t³ + t rises everywhere.
    const at = (t: number): Trial => ({ at: t, value: t ** 3 + t, slope: 3 * t ** 2 + 1 });
    expect(cubic(at(-1), at(1))).toBe(0);
  });
});

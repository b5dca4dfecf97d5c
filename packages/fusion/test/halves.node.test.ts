// SPDX-License-Identifier: Apache-2.0
// Numbers of 32 bits as two halves.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { halvesOf, wholeOf } from '../src/executors/webgl/halves.js';

/** Whether 16 bits hold it, in full precision and without a subnormal. */
function isHalf(x: number): boolean {
  const size = Math.abs(x);
  if (size === 0) return true;
  const unit = 2 ** (Math.floor(Math.log2(size)) - 10);
  return size >= 2 ** -14 && size <= 65504 && Number.isInteger(size / unit);
}

const least = 2 ** -82;

it('come back bit for bit, infinities, NaN and 0 too; what is smaller than 2⁻⁸² becomes that', () => {
  fc.assert(
    fc.property(fc.array(fc.float(), { minLength: 1 }), (numbers) => {
      const values = Float32Array.from(numbers);
      const { upper, lower } = halvesOf(values);
      expect([...upper, ...lower].filter((x) => !isHalf(x))).toEqual([]);
      const want = values.map((x) => (x === 0 ? x : Math.sign(x) * Math.max(Math.abs(x), least)));
      expect([...wholeOf(upper, lower)]).toEqual([...want]);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  1,
  -1,
  0.1,
  65504,
  65520,
  1e5,
  -3.4e38,
  2 ** -14,
  2 ** -24,
  1.1754944e-38,
  1e-8,
  -1e-16,
  least,
  1e-30,
  -1e-30,
])('of %d', (x) => {
  const { upper, lower } = halvesOf(Float32Array.of(x));
  const want = Math.fround(Math.sign(x) * Math.max(Math.abs(x), least));
  expect(wholeOf(upper, lower)[0]).toBe(want);
});

// SPDX-License-Identifier: Apache-2.0

import { PAdam } from '@optim/padam';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/PAdam.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new PAdam(options));

describe('PAdam', () => {
  // v = ½·2 and √v = 1 at g = √2; at 16·√2 16. α = rate·√½/½.
  const options = { learningRate: 0.5, beta1: 0.5, beta2: 0.5, epsilon: 0 };
  const alpha = 0.5 * Math.SQRT2;
  const gradient = [Math.SQRT2, -16 * Math.SQRT2, 0];
  it.each([
    [0.5, 1],
    [0.25, 4],
    [0.125, 8],
    [0.4, 16 ** 0.2],
    [0, 16],
  ])('divides by the second moment to the power %d', async (partial, larger) => {
    const m = 0.5 * Math.SQRT2;
    const want = [-alpha * m, alpha * m * larger, 0];
    expectWalk(await walk(new PAdam({ ...options, partial }), [0, 0, 0], [gradient]), [want]);
  });

  it('keeps the largest second moment, unless it is not to', async () => {
    const short = { ...options, partial: 0.5, beta1: 0, beta2: 0 };
    expectWalk(await walk(new PAdam(short), [0], [[4], [1]]), [[-0.5], [-0.625]]);
    expectWalk(await walk(new PAdam({ ...short, amsgrad: false }), [0], [[4], [1]]), [[-0.5], [-1]]);
  });

  it.each([
    [{ partial: 0.6 }, 'partial must be in [0, 0.5], got 0.6'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (given, message) => {
    expect(() => new PAdam(given)).toThrow(new RangeError(`PAdam: ${message}`));
  });
});

// SPDX-License-Identifier: Apache-2.0

import { AdamAtan2 } from '@optim/adamatan2';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdamAtan2.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdamAtan2(options));

describe('AdamAtan2', () => {
  it('turns by an eighth at first, and not at all without a gradient', async () => {
    const optimizer = new AdamAtan2({ learningRate: 0.5, a: 4 / Math.PI });
    expectWalk(await walk(optimizer, [1, 1, 1], [[1e4, -1e-4, 0]]), [[0.5, 1.5, 1]]);
  });

  it('is a quotient where b is large, a sign where it is small', async () => {
    const large = new AdamAtan2({ learningRate: 1, a: 1, b: 100, beta1: 0, beta2: 0.5 });
    // v̂ = (¼ + ½·9)/¾
    const second = Math.atan2(3, 100 * Math.sqrt((0.25 + 4.5) / 0.75));
    expectWalk(await walk(large, [0], [[1], [3]]), [[-Math.atan(0.01)], [-Math.atan(0.01) - second]]);
    const small = new AdamAtan2({ learningRate: 1, a: 1, b: 1e-9 });
    expectWalk(await walk(small, [0, 0], [[7, -0.1]]), [[-Math.PI / 2, Math.PI / 2]]);
  });

  it('goes the same way whatever the scale of the gradients', async () => {
    const gradients = [[1, -2], [0.5, 3], [-1, 0.1]]; // prettier-ignore
    const scaled = gradients.map((gradient) => gradient.map((g) => g * 1024));
    const options = { learningRate: 0.1, beta1: 0.5, beta2: 0.75 };
    const want = await walk(new AdamAtan2(options), [1, 2], gradients);
    expectWalk(await walk(new AdamAtan2(options), [1, 2], scaled), want);
  });

  it('knows the arc tangent to 1e-6 everywhere', async () => {
    // β₁ = 0, β₂ = ¾ and a second gradient of 1: v̂ = (3·first² + 4)/7.
    const firsts = Array.from({ length: 41 }, (_, i) => 1.3 ** (i - 20));
    const optimizer = new AdamAtan2({ learningRate: 1, a: 1, b: 0.5, beta1: 0, beta2: 0.75 });
    const ones = firsts.map((_, i) => (i % 2 ? -1 : 1));
    const [before, after] = await walk(optimizer, firsts.map(() => 0), [firsts, ones]); // prettier-ignore
    for (const [i, first] of firsts.entries()) {
      const want = Math.atan(ones[i]! / (0.5 * Math.sqrt((3 * first ** 2 + 4) / 7)));
      expect(before![i]! - after![i]!).toBeCloseTo(want, 6);
    }
  });

  it('refuses an ε, and factors of 0', () => {
    expect(() => new AdamAtan2({ epsilon: 1e-8 } as never)).toThrow(
      new TypeError('AdamAtan2: unknown option "epsilon"'),
    );
    expect(() => new AdamAtan2({ b: 0 })).toThrow(new RangeError('AdamAtan2: b must be in (0, ∞), got 0'));
  });
});

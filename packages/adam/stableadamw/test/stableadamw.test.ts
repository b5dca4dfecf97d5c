// SPDX-License-Identifier: Apache-2.0

import { StableAdamW } from '@optim/stableadamw';
import { expectWalk, observedSecondMoment, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/StableAdamW.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new StableAdamW(options));

describe('StableAdamW', () => {
  it('moves every element by the rate at first, and decays by it', async () => {
    const optimizer = new StableAdamW({ learningRate: 0.25, weightDecay: 0.4, epsilon: 1e-9 });
    expectWalk(await walk(optimizer, [2, 1], [[3, -50]]), [[2 * 0.9 - 0.25, 0.9 + 0.25]]);
  });

  it('shortens step and decay of a tensor whose gradients have grown', async () => {
    // β₂ = ½: h₂ = 1/3, v = 1/3 + 2/3·49 = 33; R = √(49/33); m = g.
    const optimizer = new StableAdamW({
      learningRate: 0.1,
      beta1: 0,
      beta2: 0.5,
      weightDecay: 1,
      epsilon: 1e-9,
    });
    const s = Math.sqrt(33 / 49);
    const first = 0.9 - 0.1;
    const second = first * (1 - 0.1 * s) - (0.1 * s * 7) / Math.sqrt(33);
    expectWalk(await walk(optimizer, [1], [[1], [7]]), [[first], [second]]);
  });

  it('gives hooks a second moment that needs no correction', async () => {
    const seen = observedSecondMoment(
      (transforms) => new StableAdamW({ beta2: 0.5, transforms }),
      [[1, 0], [7, 3]], // prettier-ignore
    );
    expect(await seen).toBeCloseTo(33 + 6, 4);
  });

  it.each([
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  ])('refuses %o', (options, message) => {
    expect(() => new StableAdamW(options)).toThrow(new RangeError(`StableAdamW: ${message}`));
  });
});

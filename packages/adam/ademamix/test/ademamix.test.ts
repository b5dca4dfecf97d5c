// SPDX-License-Identifier: Apache-2.0

import { AdEMAMix, SimplifiedAdEMAMix } from '@optim/ademamix';
import { expectWalk, slotShapes, suite, walk } from '@optim/testing';
import adEMAMix from '@optim/testing/golden/AdEMAMix.json' with { type: 'json' };
import simplified from '@optim/testing/golden/SimplifiedAdEMAMix.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(adEMAMix, (options) => new AdEMAMix(options));
// A suite of a hundred steps is too short for the default memory.
suite(
  simplified,
  (options, golden) => new SimplifiedAdEMAMix(golden ? options : { beta1: 0.8, alpha: 1, ...options }),
);

describe('AdEMAMix', () => {
  it('adds the uncorrected slow average to the corrected fast one', async () => {
    // m₁/(1 − β₁) = 2, m₂ = 0.5·2; then g = −2: m₁ = −½, corrected −⅔, m₂ = −½; √v̂ = 2 in both.
    const options = { learningRate: 0.5, beta1: 0.5, beta2: 0.75, beta3: 0.5, alpha: 3 };
    const seen = await walk(new AdEMAMix(options), [0], [[2], [-2]]);
    const first = -0.5 * (2 + 3 * 1);
    expectWalk(seen, [[first / 2], [first / 2 - (0.5 * (-0.5 / 0.75 - 3 * 0.5)) / 2]]);
  });

  it('warms the weight up along a line, and the decay by its memory', async () => {
    // a = 1 of 2; b = exp(1/(½/ln ¼ + ½/ln 0.5)) = exp(−ln 4·2/3) = 4^(−⅔)
    const options = {
      learningRate: 1,
      beta1: 0.25,
      beta2: 0,
      beta3: 0.5,
      alpha: 2,
      alphaWarmup: 2,
      beta3Warmup: 2,
    };
    const b = 4 ** (-2 / 3);
    expectWalk(await walk(new AdEMAMix(options), [0], [[3]]), [[-(1 + 1 - b)]]);
  });

  it('keeps no fast average that it has no use for', async () => {
    const optimizer = new AdEMAMix({ beta1: 0 });
    await walk(optimizer, [1], [[1]], {
      look: async () => expect(Object.keys(await slotShapes(optimizer)).sort()).toEqual(['m2', 'v']),
    });
  });

  it.each([
    [{ beta3Warmup: 5, beta3: 0.5 }, 'beta3 must be at least beta1 with beta3Warmup, got 0.5'],
    [{ alphaWarmup: 0 }, 'alphaWarmup must be an integer in [1, ∞), or null, got 0'],
  ])('refuses %o', (options, message) => {
    expect(() => new AdEMAMix(options)).toThrow(new RangeError(`AdEMAMix: ${message}`));
  });
});

describe('SimplifiedAdEMAMix', () => {
  it('sums gradients, and adds the current one once more', async () => {
    // m = 2, 3; √v̂ = 2
    const options = { learningRate: 0.5, beta1: 0.5, beta2: 0.5, alpha: 1 };
    expectWalk(await walk(new SimplifiedAdEMAMix(options), [0], [[2], [2]]), [[-1], [-1 - 0.5 * 2.5]]);
    // N = 1, 1.5
    const corrected = new SimplifiedAdEMAMix({ ...options, biasCorrection1: true });
    expectWalk(await walk(corrected, [0], [[2], [2]]), [[-1], [-1 - (0.5 * 2.5) / 1.5]]);
    const uncorrected = new SimplifiedAdEMAMix({ ...options, biasCorrection2: false });
    expectWalk(await walk(uncorrected, [0], [[2]]), [[-Math.SQRT2]]);
  });

  it.each([
    [{ beta1Warmup: 5, minBeta1: 0.999 }, 'minBeta1 must be at most beta1 with beta1Warmup, got 0.999'],
    [{ beta1Warmup: 1.5 }, 'beta1Warmup must be an integer in [1, ∞), or null, got 1.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new SimplifiedAdEMAMix(options)).toThrow(new RangeError(`SimplifiedAdEMAMix: ${message}`));
  });
});

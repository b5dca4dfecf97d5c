// SPDX-License-Identifier: Apache-2.0

import { SRMM, type SRMMOptions } from '@optim/srmm';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SRMM.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SRMM(options));

describe('SRMM', () => {
  const srmm = (options: SRMMOptions = {}): SRMM => new SRMM({ learningRate: 0.5, beta: 1, ...options });

  it('averages gradients and parameters with weights 1/2, 1/3, …', async () => {
    // ḡ: 2, ⅔·2 = 4/3, ¾·4/3 = 1. p̄: 1, ⅔·1 + ⅓·0 = ⅔, ¾·⅔ + ¼·0 = ½.
    expectWalk(await walk(srmm(), [1], [[4], [0], [0]]), [[0], [0], [0]]);
    expectWalk(await walk(srmm(), [1], [[4], [2], [0]]), [
      [0],
      [2 / 3 - 1],
      [0.75 * (2 / 3) - 1 / 12 - 0.75],
    ]);
    // The first step takes w = 2^(−β).
    expectWalk(await walk(srmm({ beta: 2 }), [1], [[4]]), [[0.5]]);
  });

  it('starts the averages anew at every multiple of memoryLength', async () => {
    // Steps 2 and 4 are those of SGD, step 3 averages with weight 1/2 from there.
    const got = await walk(srmm({ memoryLength: 2 }), [1], [[4], [2], [0], [4]]);
    // After step 2: p = 0 − ½·2 = −1, ḡ = 2, p̄ = 0. Step 3: ḡ = 1, p̄ = −½.
    expectWalk(got, [[0], [-1], [-1], [-3]]);
  });

  it.each([{ memoryLength: 1 }, { beta: 0 }])('is SGD with %o', async (options) => {
    expectWalk(await walk(srmm(options), [1], [[4], [-2], [0]]), [[-1], [0], [0]]);
    // λ = 2: s = 0.5/2
    expectWalk(await walk(srmm({ ...options, proximal: 2 }), [1], [[4], [-2]]), [[0], [0.5]]);
  });

  it('is pulled to where it is by λ', async () => {
    // s = ¼, r = ½. ḡ: 2, 4/3 + ⅓·2 = 2; p̄: 1, ⅔ + ⅓·½ = 5/6. p: 1 − ½, ½·5/6 + ½·½ − ½.
    expectWalk(await walk(srmm({ proximal: 2 }), [1], [[4], [2]]), [[0.5], [1 / 6]]);
  });

  it('takes a schedule that ends at 0, but not 0 itself', async () => {
    const learningRate = (step: number): number => (step === 0 ? 0.5 : 0);
    expectWalk(await walk(srmm({ learningRate }), [1], [[4], [2]]), [[0], [2 / 3]]);
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ learningRate: Infinity }, 'learningRate must be in (0, ∞), got Infinity'],
    [{ beta: -1 }, 'beta must be in [0, ∞), got -1'],
    [{ proximal: -1 }, 'proximal must be in [0, ∞), got -1'],
    [{ memoryLength: 0 }, 'memoryLength must be an integer in [1, ∞), or null, got 0'],
    [{ memoryLength: 1.5 }, 'memoryLength must be an integer in [1, ∞), or null, got 1.5'],
  ])('refuses %o', (options, message) => {
    expect(() => new SRMM(options)).toThrow(new RangeError(`SRMM: ${message}`));
  });
});

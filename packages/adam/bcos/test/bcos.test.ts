// SPDX-License-Identifier: Apache-2.0

import { BCOS, type BCOSOptions } from '@optim/bcos';
import { expectWalk, slotShapes, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/BCOS.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new BCOS(options));

describe('BCOS', () => {
  const modes: BCOSOptions[] = [{}, { simpleCondition: true }, { mode: 'momentum' }, { mode: 'gradient' }];

  it.each(modes)(
    '%o moves every element with a gradient by the rate at first, and the others not',
    async (mode) => {
      const optimizer = new BCOS({ ...mode, learningRate: 0.5, weightDecay: 0, epsilon: 1e-12 });
      expectWalk(await walk(optimizer, [1, 1, 1], [[300, -1e-3, 0]]), [[0.5, 1.5, 1]]);
    },
  );

  // m = 2, then g = −4 with β = ½: m = −1.
  it.each<[BCOSOptions, number]>([
    [{}, 1 / Math.sqrt(0.5 * 4 + 0.25 * 16 - 0.25 * 8)],
    [{ simpleCondition: true }, 1 / Math.sqrt(0.75 * 4 + 0.25 * 16)],
    [{ simpleCondition: true, beta2: 0.5 }, 1 / Math.sqrt(0.5 * 4 + 0.5 * 16)],
    [{ mode: 'momentum' }, 1 / Math.sqrt(0.5 * 4 + 0.5)],
    [{ mode: 'gradient', beta2: 0.75 }, 4 / Math.sqrt(0.75 * 4 + 0.25 * 16)],
  ])('%o divides by its own estimate', async (mode, second) => {
    const optimizer = new BCOS({ ...mode, learningRate: 1, beta: 0.5, weightDecay: 0, epsilon: 1e-12 });
    expectWalk(await walk(optimizer, [0], [[2], [-4]]), [[-1], [-1 + second]]);
  });

  it('starts at the gradient without the decay that is added to it', async () => {
    // g = 1 + 1; m = ½·1 + ½·2, v = ½·1 + ½·(1.5)²
    const optimizer = new BCOS({
      mode: 'momentum',
      learningRate: 1,
      beta: 0.5,
      weightDecay: 0.5,
      weightDecayMode: 'coupled',
      epsilon: 1e-12,
    });
    expectWalk(await walk(optimizer, [2], [[1]]), [[2 - 1.5 / Math.sqrt(0.5 + 0.5 * 2.25)]]);
  });

  it('keeps one slot by default', async () => {
    const optimizer = new BCOS();
    await walk(optimizer, [1, 2], [[1, 1]], {
      look: async () => expect(await slotShapes(optimizer)).toEqual({ m: [2] }),
    });
  });

  it.each<[BCOSOptions, string]>([
    [
      { simpleCondition: true, mode: 'momentum' },
      "simpleCondition must be false in mode 'momentum', got true",
    ],
    [{ beta2: 0.5 }, "beta2 must be null in mode 'conditional' without simpleCondition, got 0.5"],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
  ])('refuses %o', (options, message) => {
    expect(() => new BCOS(options)).toThrow(new RangeError(`BCOS: ${message}`));
  });
});

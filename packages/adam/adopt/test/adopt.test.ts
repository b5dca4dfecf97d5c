// SPDX-License-Identifier: Apache-2.0

import { ADOPT } from '@optim/adopt';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/ADOPT.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new ADOPT(options));

describe('ADOPT', () => {
  it('measures first, then divides by what was known before', async () => {
    // v = 4, then ½·4 + ½·1; n = ½, clipped to 1; then n = 3/√2.5, clipped to 2^¼.
    const optimizer = new ADOPT({ learningRate: 1, beta1: 0.5, beta2: 0.5 });
    const second = 0.5 * 0.5;
    const third = 0.5 * second + 0.5 * 2 ** 0.25;
    expectWalk(await walk(optimizer, [1], [[2], [1], [3]]), [[1], [1 - second], [1 - second - third]]);
  });

  it('does not decay in the first step in any mode', async () => {
    for (const weightDecayMode of ['coupled', 'decoupled', 'independent'] as const) {
      const optimizer = new ADOPT({ weightDecay: 0.5, weightDecayMode });
      expect(await walk(optimizer, [1, -2], [[1, 1]]), weightDecayMode).toEqual([[1, -2]]);
    }
  });

  it('is held back by the clipping alone after a gradient of 0', async () => {
    const options = { learningRate: 1, beta1: 0, epsilon: 0.125 };
    expectWalk(await walk(new ADOPT(options), [0], [[0], [3]]), [[0], [-1]]);
    expectWalk(await walk(new ADOPT({ ...options, clipExponent: null }), [0], [[0], [3]]), [[0], [-24]]);
  });

  it('looks ahead', async () => {
    // m = ½, u = ½·½ + ½·1
    const optimizer = new ADOPT({ learningRate: 1, beta1: 0.5, nesterov: true });
    expectWalk(await walk(optimizer, [0], [[1], [1]]), [[0], [-0.75]]);
  });

  it.each([
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ clipExponent: -1 }, 'clipExponent must be in [0, ∞), or null, got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new ADOPT(options)).toThrow(new RangeError(`ADOPT: ${message}`));
  });
});

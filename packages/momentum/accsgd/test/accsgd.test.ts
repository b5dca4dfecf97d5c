// SPDX-License-Identifier: Apache-2.0

import { AccSGD } from '@optim/accsgd';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AccSGD.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AccSGD(options));

describe('AccSGD', () => {
  // β = ¼·2/4 = ⅛, L = 0.8, ζ = 0.8.
  const options = { learningRate: 0.1, kappa: 4, xi: 2, constant: 0.5 };

  it('couples a short and a long step', async () => {
    // Step 1: w = 1 − β·L·2 = 0.8, p = 0.8·(1 − 0.2) + 0.2·0.8 = 0.8.
    // Step 2: w = ⅞·0.8 + ⅛·(0.8 + 0.8) = 0.9, p = 0.8·0.9 + 0.2·0.9 = 0.9.
    // Step 3: w = 0.9, p = 0.9: nothing moves where both are and there is no gradient.
    expectWalk(await walk(new AccSGD(options), [1], [[2], [-1], [0]]), [[0.8], [0.9], [0.9]]);
  });

  it('goes on towards the long iterate without a gradient', async () => {
    // β = 0.04·4/10 = 0.016, L = 5, ζ = 0.2/0.216: w = 1 − 0.08, p = ζ·0.9 + (1 − ζ)·0.92.
    const seen = await walk(
      new AccSGD({ learningRate: 0.1, kappa: 10, xi: 4, constant: 0.2 }),
      [1],
      [[1], [0]],
    );
    const zeta = 0.2 / 0.216;
    const p = zeta * 0.9 + (1 - zeta) * 0.92;
    const w = 0.984 * 0.92 + 0.016 * p;
    expectWalk(seen, [[p], [zeta * p + (1 - zeta) * w]]);
  });

  it('forgets where the long iterate was when β is 1', async () => {
    // L = 0.1, ζ = ½: w = p − 0.1·g = short step.
    const seen = await walk(new AccSGD({ learningRate: 0.1, kappa: 1, xi: 1, constant: 1 }), [1], [[1], [2]]);
    expectWalk(seen, [[0.9], [0.7]]);
  });

  it('decays coupled by default', async () => {
    // g = 1.5 + 0.5·1 = 2.
    expectWalk(await walk(new AccSGD({ ...options, weightDecay: 0.5 }), [1], [[1.5]]), [[0.8]]);
  });

  it('takes schedules, and refuses values that fit their ranges and not each other', async () => {
    const optimizer = new AccSGD({ ...options, kappa: (step) => (step === 0 ? 4 : 0.25) });
    await expect(walk(optimizer, [1], [[2], [1]])).rejects.toThrow(
      new RangeError('AccSGD: kappa must be in [constant²·xi, ∞), got 0.25'),
    );
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ kappa: 0 }, 'kappa must be in (0, ∞), got 0'],
    [{ xi: 0 }, 'xi must be in (0, ∞), got 0'],
    [{ constant: 0 }, 'constant must be in (0, 1], got 0'],
    [{ constant: 1.1 }, 'constant must be in (0, 1], got 1.1'],
    [{ kappa: 4 }, 'kappa must be in [constant²·xi, ∞), got 4'],
    [{ parameterGroups: [{ match: /x/, xi: 3000 }] }, 'kappa must be in [constant²·xi, ∞), got 1000'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new AccSGD(wrong)).toThrow(new RangeError(`AccSGD: ${message}`));
  });
});

// SPDX-License-Identifier: Apache-2.0

import { MARS } from '@optim/mars';
import { conformance, expectWalk, goldenSuite, slotShapes, walk } from '@optim/testing';
import golden from '@optim/testing/golden/MARS.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

// The case of the hook is not of the class.
const cases = golden.cases.filter(({ name }) => name !== 'hook');
goldenSuite({ ...golden, cases }, (options) => new MARS(options));
// The decay of vectors is another option.
conformance((options) => new MARS({ optimize1d: true, ...options }));

describe('MARS', () => {
  const shape = [1, 2];

  it('adds the change of the gradient, and clips what is longer than 1', async () => {
    // γβ₁/(1 − β₁) = 1: c = 2g = (0.6, 0.8), then (0, 0.7) + (−0.3, 0.3) = (−0.3, 1), clipped.
    const optimizer = new MARS({ learningRate: 1, beta1: 0.5, gamma: 1, variant: 'lion' });
    const length = Math.hypot(0.3, 1);
    const m = [0.3, 0.4].map((x, i) => 0.5 * x + (0.5 * [-0.3, 1][i]!) / length);
    const seen = await walk(optimizer, [0, 0], [[0.3, 0.4], [0, 0.7]], { shape }); // prettier-ignore
    expectWalk(seen, [[-1, -1], [-1 - Math.sign(m[0]!), -2]]); // prettier-ignore
    // Without Lion: m̂ over √v̂ is the sign at first.
    const adamw = new MARS({ learningRate: 0.5, beta1: 0.5, gamma: 1 });
    expectWalk(await walk(adamw, [0, 0], [[30, -40]], { shape }), [[-0.5, 0.5]]);
  });

  it('is AdamW for vectors, with a rate and a decay of its own', async () => {
    const options = { learningRate: 0.5, adamwLearningRateFactor: 0.5, adamwWeightDecay: 0.4 };
    expectWalk(await walk(new MARS(options), [1], [[7]]), [[1 - 0.25 * 0.4 - 0.25]]);
    expectWalk(await walk(new MARS({ ...options, optimize1d: true }), [1], [[7]]), [[0.5]]);
  });

  it('keeps what it needs', async () => {
    const lion = new MARS({ variant: 'lion' });
    await walk(lion, [1, 2], [[1, 1]], {
      shape,
      look: async () => expect(Object.keys(await slotShapes(lion)).sort()).toEqual(['d', 'm']),
    });
    const adamw = new MARS();
    await walk(adamw, [1, 2], [[1, 1]], {
      look: async () => expect(Object.keys(await slotShapes(adamw)).sort()).toEqual(['m', 'v']),
    });
  });

  it('refuses what it cannot be', () => {
    expect(() => new MARS({ amsgrad: true, variant: 'lion' })).toThrow(
      new RangeError("MARS: amsgrad must be false with variant 'lion', got true"),
    );
    expect(() => new MARS({ adamwLearningRateFactor: 0 })).toThrow(
      new RangeError('MARS: adamwLearningRateFactor must be in (0, ∞), got 0'),
    );
  });
});

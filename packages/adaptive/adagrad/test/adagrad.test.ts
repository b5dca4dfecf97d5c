// SPDX-License-Identifier: Apache-2.0

import { AdaGrad } from '@optim/adagrad';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdaGrad.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaGrad(options));

describe('AdaGrad', () => {
  it('moves every element with a gradient by the rate at first, then less and less', async () => {
    const optimizer = new AdaGrad({ learningRate: 0.5, epsilon: 0 });
    const seen = await walk(optimizer, [1, 1, 1], [[3e3, -1e-3, 0], [4e3, 0, 0]]); // prettier-ignore
    expectWalk(seen, [[0.5, 1.5, 1], [0.5 - 0.5 * 0.8, 1.5, 1]]); // prettier-ignore
  });

  it('lets the rate fall with the steps', async () => {
    // λ = 1, ½; s = 1, 2
    const optimizer = new AdaGrad({ learningRate: 1, learningRateDecay: 1, epsilon: 0 });
    expectWalk(await walk(optimizer, [0], [[1], [1]]), [[-1], [-1 - 0.5 / Math.SQRT2]]);
  });

  it('adds ε under the root, to a sum that has begun', async () => {
    // s = 0.5 + 4, √(4.5 + 1.75) = 2.5
    const optimizer = new AdaGrad({
      learningRate: 1,
      initialAccumulator: 0.5,
      epsilon: 1.75,
      epsilonPosition: 'inside',
    });
    expectWalk(await walk(optimizer, [0], [[2]]), [[-0.8]]);
  });

  it.each([
    [{ learningRateDecay: -1 }, 'learningRateDecay must be in [0, ∞), got -1'],
    [{ initialAccumulator: NaN }, 'initialAccumulator must be in [0, ∞), got NaN'],
    [
      { epsilonPosition: 'above' as 'inside' },
      `epsilonPosition must be one of 'outside', 'inside', got "above"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaGrad(options)).toThrow(`AdaGrad: ${message}`);
  });
});

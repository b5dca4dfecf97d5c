// SPDX-License-Identifier: Apache-2.0

import { FTRL } from '@optim/ftrl';
import { conformance, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/FTRL.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new FTRL(options));
const falls = 'p is divided by the rate, so that one which falls takes it to 0';
conformance((options) => new FTRL(options), undefined, {
  'converges on a parabola': falls,
  'converges on the Rosenbrock function': falls,
  'converges on parameters of mixed ranks': falls,
});

describe('FTRL', () => {
  it('starts by the sign of the gradient, and keeps what has none, without an accumulator', async () => {
    const optimizer = new FTRL({ learningRate: 0.5, initialAccumulator: 0 });
    expectWalk(await walk(optimizer, [1, 1, 1], [[1e3, -1e-3, 0]]), [[0.5, 1.5, 1]]);
  });

  it('forgets the start with one', async () => {
    // p·(1 − √(n₀/n₁)) − learningRate·g/√n₁, with n = 1, 4
    const optimizer = new FTRL({ learningRate: 0.5, initialAccumulator: 1 });
    expectWalk(await walk(optimizer, [2, 2], [[Math.sqrt(3), 0]]), [[1 - Math.sqrt(3) / 4, 0]]);
  });

  it('makes zeros of what l1 holds back, and shortens the rest', async () => {
    // z = 0.3, 2; D = 1
    const optimizer = new FTRL({ learningRate: 1, learningRatePower: 0, l1: 0.5 });
    expectWalk(await walk(optimizer, [9, 9], [[0.3, 2]]), [[0, -1.5]]);
  });

  it('is gradient descent from z with a fixed rate, and l2 in the denominator', async () => {
    const optimizer = new FTRL({ learningRate: 0.5, learningRatePower: 0, l2: 1, beta: 1 });
    // D = 2·2 + 2 = 6; z = 3, 9
    expectWalk(await walk(optimizer, [0], [[3], [6]]), [[-0.5], [-1.5]]);
  });

  it('finds the minimum of a bowl with a constant rate', async () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([3, -1])));
    const optimizer = new FTRL({ learningRate: 0.5 });
    for (let t = 0; t < 100; t++)
      optimizer.minimize(() => tf.sum(tf.square(tf.sub(x, [0.5, -2]))), false, [x]);
    const [first, second] = await x.data();
    expect(first).toBeCloseTo(0.5, 3);
    expect(second).toBeCloseTo(-2, 3);
    optimizer.dispose();
    x.dispose();
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ learningRatePower: 1 }, 'learningRatePower must be in (-∞, 0], got 1'],
    [{ l1: -1 }, 'l1 must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new FTRL(options)).toThrow(new RangeError(`FTRL: ${message}`));
  });

  it('refuses a weight decay, and says what there is in its place', () => {
    for (const name of ['weightDecay', 'weightDecayMode'])
      expect(() => new FTRL({ [name]: 0.1 })).toThrow(
        new TypeError(`FTRL: ${name} would be forgotten, as p is made anew; use l2 or l2Shrinkage`),
      );
  });
});

// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { LookSAM } from '@optim/looksam';
import { convolutionalSuite, goldenBase, Momentum, suite } from '@optim/testing';
import golden from '@optim/testing/golden/LookSAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(
  golden,
  ({ base, ...options }) =>
    new LookSAM(base ? goldenBase(base, (given) => new AdamW(given)) : new AdamW(), options),
);

convolutionalSuite(
  (learningRate) => new LookSAM(new AdamW({ learningRate }), { k: 3 }),
  [2, 1, 1, 2, 1, 1, 2],
);

describe('LookSAM', () => {
  it.each([1, 1e20])('adds what it kept to the next gradient, of a loss times %d', async (scale) => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 1], 'float32'), true, 'w'));
    const optimizer = new LookSAM(new Momentum(1 / scale, 0), { rho: Math.SQRT2, k: 2, alpha: 0.5 });
    // f = ½x² + y: g = (1, 1), h = (2, 1), v = h − 1.5·g = (0.5, −0.5); p = (−1, 0).
    // Then g = (−1, 1), u = g + 0.5·√2·v/√0.5 = (−0.5, 0.5).
    const loss = (): tf.Scalar =>
      tf.sum(tf.add(tf.mul(tf.square(w), [0.5 * scale, 0]), tf.mul(w, [0, scale]))) as tf.Scalar;
    for (const want of [
      [-1, 0],
      [-0.5, -0.5],
    ]) {
      tf.tidy(() => void optimizer.minimize(loss, false, [w]));
      const got = await w.data();
      want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
    }
    const { parameters } = await optimizer.stateDict();
    const { data } = parameters[0]!.slots['v']!;
    expect(data[0]! / scale).toBeCloseTo(0.5, 5);
    expect(data[1]! / scale).toBeCloseTo(-0.5, 5);
    optimizer.dispose();
    w.dispose();
  });

  it('keeps nothing where h is parallel to g', async () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(3), true, 'w'));
    const optimizer = new LookSAM(new Momentum(0.1, 0), { rho: 0.37 });
    optimizer.minimize(() => tf.square(w), false, [w]);
    expect((await optimizer.stateDict()).parameters[0]!.slots['v']!.data[0]).toBe(0);
    optimizer.dispose();
    w.dispose();
  });

  it('evaluates the loss a second time in every k-th step alone', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 1]), true, 'w'));
    const optimizer = new LookSAM(new Momentum(0.1, 0), { k: 4 });
    let evaluations = 0;
    const counts = Array.from({ length: 9 }, () => {
      const before = evaluations;
      optimizer.minimize(() => (evaluations++, tf.sum(tf.square(w)) as tf.Scalar), false, [w]);
      return evaluations - before;
    });
    expect(counts).toEqual([2, 1, 1, 1, 2, 1, 1, 1, 2]);
    optimizer.dispose();
    w.dispose();
  });

  it.each([
    [{ rho: -1 }, 'LookSAM: rho must be in [0, ∞), got -1'],
    [{ k: 0 }, 'LookSAM: k must be an integer in [1, ∞), got 0'],
    [{ alpha: 1 }, 'LookSAM: alpha must be in (0, 1), got 1'],
    [{ alpha: 0 }, 'LookSAM: alpha must be in (0, 1), got 0'],
    [{ perturbEpsilon: -1 }, 'LookSAM: perturbEpsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new LookSAM(new AdamW(), options)).toThrow(new RangeError(message));
  });
});

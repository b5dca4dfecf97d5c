// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { FriendlySAM } from '@optim/friendlysam';
import { convolutionalSuite, goldenBase, Momentum, suite } from '@optim/testing';
import golden from '@optim/testing/golden/FriendlySAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(
  golden,
  ({ base, ...options }) =>
    new FriendlySAM(base ? goldenBase(base, (given) => new AdamW(given)) : new AdamW(), options),
);

convolutionalSuite((learningRate) => new FriendlySAM(new AdamW({ learningRate })), [2, 2]);

/** The mean kept for a variable `w` of one element. */
async function meanOf(optimizer: FriendlySAM): Promise<number> {
  const { parameters } = await optimizer.stateDict();
  return parameters.find(({ name }) => name === 'w')!.slots['m']!.data[0]!;
}

describe('FriendlySAM', () => {
  it('averages the gradient at p, from the first one on', async () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(1), true, 'w'));
    const optimizer = new FriendlySAM(new Momentum(0, 0), { lambda: 0.75 });
    const seen: number[] = [];
    for (const slope of [4, 8, -4]) {
      tf.tidy(() => void optimizer.minimize(() => tf.mul(w, slope), false, [w]));
      seen.push(await meanOf(optimizer));
    }
    // 4; 0.75·4 + 0.25·8; 0.75·5 − 0.25·4
    expect(seen).toEqual([4, 5, 2.75]);
    optimizer.dispose();
    w.dispose();
  });

  it('takes the mean out of the direction', async () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(1), true, 'w'));
    const optimizer = new FriendlySAM(new Momentum(0, 0), { rho: 0.5 });
    const points: (number | undefined)[] = [];
    // 4 is followed by 2, which is less than the mean: the way is down.
    for (const slope of [4, 2]) {
      const seen: tf.Tensor[] = [];
      const loss = (): tf.Scalar => {
        seen.push(tf.keep(tf.clone(w)));
        return tf.mul(w, slope);
      };
      optimizer.minimize(loss, false, [w]);
      for (const point of seen) points.push((await point.data())[0]);
      tf.dispose(seen);
    }
    expect(points).toEqual([1, 1.5, 1, 0.5]);
    optimizer.dispose();
    w.dispose();
  });

  it('leaves its mean as it was when the second evaluation fails', async () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(1), true, 'w'));
    const optimizer = new FriendlySAM(new Momentum(0.1, 0));
    optimizer.minimize(() => tf.square(w), false, [w]);
    const state = await optimizer.stateDict();
    let calls = 0;
    const failing = (): tf.Scalar => {
      if (++calls === 2) throw new Error('out of luck');
      return tf.square(w);
    };
    expect(() => optimizer.minimize(failing, false, [w])).toThrow('out of luck');
    expect(await optimizer.stateDict()).toEqual(state);
    optimizer.dispose();
    w.dispose();
  });

  it.each([
    [{ rho: -1 }, 'FriendlySAM: rho must be in [0, ∞), got -1'],
    [{ sigma: Infinity }, 'FriendlySAM: sigma must be in [0, ∞), got Infinity'],
    [{ lambda: 1.5 }, 'FriendlySAM: lambda must be in [0, 1], got 1.5'],
    [{ perturbEpsilon: -1 }, 'FriendlySAM: perturbEpsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new FriendlySAM(new AdamW(), options)).toThrow(new RangeError(message));
  });
});

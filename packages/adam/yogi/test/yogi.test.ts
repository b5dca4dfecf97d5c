// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { suite, observedSecondMoment } from '@optim/testing';
import golden from '@optim/testing/golden/Yogi.json' with { type: 'json' };
import { Yogi } from '@optim/yogi';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new Yogi(options));

describe('Yogi: the second moment', () => {
  it('moves towards g² by a share of g², and not at all for a gradient of zero', async () => {
    const optimizer = new Yogi({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, initialAccumulator: 0.04 });
    const x = tf.tidy(() => tf.variable(tf.tensor1d([0, 0, 0, 0]), true, 'x'));
    const step = async (gradients: number[]): Promise<number[]> => {
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d(gradients) }));
      return [...(await optimizer.stateDict()).parameters[0]!.slots['v']!.data];
    };
    // v starts below g², above it, below it; and without a gradient.
    const first = await step([1, 0.1, 0.5, 0]);
    [0.29, 0.0375, 0.1025, 0.04].forEach((v, i) => expect(first[i], `v[${i}]`).toBeCloseTo(v, 7));
    // Adam would have shrunk all but the third.
    const second = await step([0, 0, 0.5, 0]);
    [0.29, 0.0375, 0.165, 0.04].forEach((v, i) => expect(second[i], `v[${i}]`).toBeCloseTo(v, 7));

    // η = 0.1·√(1 − ¾)/(1 − ½) = 0.1, then 0.1·√(1 − 9/16)/(1 − ¼); ε stands beside the uncorrected √v, and m moves on.
    const eta = (0.1 * Math.sqrt(7 / 16)) / 0.75;
    const want = -(0.1 * 0.5) / (Math.sqrt(0.29) + 1e-3) - (eta * 0.25) / (Math.sqrt(0.29) + 1e-3);
    expect((await x.data())[0]).toBeCloseTo(want, 6);
    expect((await x.data())[3]).toBe(0);
    x.dispose();
    optimizer.dispose();
  });

  it('stays where it is when it is g² exactly', async () => {
    const optimizer = new Yogi({ initialAccumulator: 0.25 });
    const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(-0.5) }));
    const { m, v } = (await optimizer.stateDict()).parameters[0]!.slots;
    expect(v!.data).toEqual(Float32Array.of(0.25));
    // m starts at zero, not at the accumulator.
    expect(m!.data[0]).toBeCloseTo(-0.05, 7);
    x.dispose();
    optimizer.dispose();
  });

  it('is told to hooks with its correction', async () => {
    const make = (transforms: Hook[]): Yogi =>
      new Yogi({ beta2: 0.75, initialAccumulator: 0.04, transforms });
    expect(await observedSecondMoment(make, [[1], [0]])).toBeCloseTo(0.29 / 0.4375, 6);
  });

  it('starts at a number above zero', () => {
    expect(() => new Yogi({ initialAccumulator: 0 })).toThrow(
      new RangeError('Yogi: initialAccumulator must be in (0, ∞), got 0'),
    );
  });
});

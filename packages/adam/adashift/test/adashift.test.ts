// SPDX-License-Identifier: Apache-2.0

import { AdaShift, type AdaShiftOptions } from '@optim/adashift';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdaShift.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// The conformance suite takes fewer steps than the defaults wait.
suite(golden, (options, golden) => new AdaShift(golden ? options : { keepNum: 2, ...options }));

describe('AdaShift', () => {
  const adaShift = (options: AdaShiftOptions): AdaShift =>
    new AdaShift({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, ...options });

  it('waits K steps, then scales the window by what has left it', async () => {
    // Weights 2/3 and 1/3. The third step is scaled by the first gradient: v = 4 corrected, m = (2·1 + 8)/3.
    // The fourth: v = 0.75·1 + 0.25·64 = 16.75, over 1 − β₂² = 0.4375; m = (2·5 + 1)/3.
    const third = -(0.1 * 10) / 3 / 2;
    const fourth = third - (0.1 * 11) / 3 / Math.sqrt(16.75 / 0.4375);
    const seen = await walk(adaShift({ keepNum: 2 }), [0], [[2], [8], [1], [5]]);
    expectWalk(seen, [[0], [0], [third], [fourth]]);
  });

  it('takes the largest or the mean of a tensor, or each element by itself', async () => {
    const gradients = [
      [3, 1],
      [1, 1],
    ];
    const second = async (reduceFunc: 'max' | 'mean' | 'none'): Promise<number[][]> =>
      walk(adaShift({ keepNum: 1, reduceFunc }), [0, 0], gradients);
    expectWalk(await second('max'), [
      [0, 0],
      [-0.1 / 3, -0.1 / 3],
    ]);
    expectWalk(await second('mean'), [
      [0, 0],
      [-0.1 / Math.sqrt(5), -0.1 / Math.sqrt(5)],
    ]);
    expectWalk(await second('none'), [
      [0, 0],
      [-0.1 / 3, -0.1],
    ]);
  });

  it('counts only steps since there was anything to scale by, of elements apart or of the tensor', async () => {
    const gradients = [
      [0, 2],
      [2, 2],
      [2, 2],
      [2, 2],
    ];
    // Each waits for its own; with a constant gradient a corrected v is 4 at any count.
    expectWalk(await walk(adaShift({ keepNum: 1, reduceFunc: 'none' }), [0, 0], gradients), [
      [0, 0],
      [0, -0.1],
      [-0.1, -0.2],
      [-0.2, -0.3],
    ]);
    expectWalk(await walk(adaShift({ keepNum: 1 }), [0, 0], gradients), [
      [0, 0],
      [-0.1, -0.1],
      [-0.2, -0.2],
      [-0.3, -0.3],
    ]);
    // Zeros later do count: v = 1, 1.75, 1.3125.
    const last = 0.2 / Math.sqrt(1.3125 / 0.578125);
    const seen = await walk(adaShift({ keepNum: 1 }), [0], [[2], [2], [0], [2]]);
    expectWalk(seen, [[0], [-0.1], [-0.1], [-0.1 - last]]);
  });

  it('has one weight with beta1 = 0, and the delay all the same', async () => {
    const seen = await walk(adaShift({ keepNum: 3, beta1: 0 }), [0], [[2], [5], [5], [7]]);
    expectWalk(seen, [[0], [0], [0], [-0.35]]);
  });

  it('does not move without gradients', async () => {
    const still = Array<number[]>(6).fill([0]);
    expectWalk(await walk(adaShift({ keepNum: 2 }), [1], still), Array<number[]>(6).fill([1]));
  });

  it('moves the window of a variable only when it has a gradient', async () => {
    const optimizer = adaShift({ keepNum: 2 });
    const [a, b] = tf.tidy(() => ['a', 'b'].map((name) => tf.variable(tf.scalar(0), true, name)));
    for (const { tensor, pause } of [{ tensor: 2 }, { tensor: 8, pause: true }, { tensor: 1 }])
      tf.tidy(() => {
        if (pause) optimizer.applyGradients({ a: tf.scalar(7) });
        optimizer.applyGradients({ b: tf.scalar(tensor) });
      });
    expect((await b!.data())[0]).toBeCloseTo(-(0.1 * 10) / 3 / 2, 6);
    expect((await a!.data())[0]).toBe(0);
    tf.dispose([a!, b!]);
    optimizer.dispose();
  });

  it('tells hooks what it divides by, of every element; 0 while it waits', async () => {
    const told = (gradients: number[][], reduceFunc: 'max' | 'none'): Promise<number> =>
      observedSecondMoment((transforms) => adaShift({ keepNum: 1, reduceFunc, transforms }), gradients);
    const gradients = [
      [3, 0],
      [1, 1],
    ];
    expect(await told(gradients.slice(0, 1), 'max')).toBe(0);
    expect(await told(gradients, 'max')).toBeCloseTo(18, 5);
    expect(await told(gradients, 'none')).toBeCloseTo(9, 5);
  });

  it.each([
    [{ keepNum: 0 }, 'keepNum must be an integer in [1, 1000], got 0'],
    [{ keepNum: 2.5 }, 'keepNum must be an integer in [1, 1000], got 2.5'],
    [{ reduceFunc: 'sum' as never }, `reduceFunc must be one of 'max', 'mean', 'none', got "sum"`],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaShift(options)).toThrow(new RangeError(`AdaShift: ${message}`));
  });
});

// SPDX-License-Identifier: Apache-2.0

import { Ranger21, type Ranger21Options } from '@optim/ranger21';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Ranger21.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// The conformance suite trains towards other means than the units start with.
const quick = { numIterations: 100, centralizeGradients: false };

suite(golden, (options, golden) => new Ranger21({ ...(!golden && quick), ...options } as Ranger21Options));

/** All additions off, and with β₁ = β₀ = β₂ = ε = 0 a step of learningRate·sign(g). */
const bare: Ranger21Options = {
  numIterations: 10,
  learningRate: 0.5,
  beta1: 0,
  beta2: 0,
  beta0: 0,
  epsilon: 0,
  useSoftplus: false,
  agcClippingValue: null,
  centralizeGradients: false,
  normalizeGradients: false,
  weightDecay: 0,
  normLossFactor: 0,
  lookaheadMergeTime: 1000,
  disableLrScheduler: true,
};
const make = (options: Partial<Ranger21Options> = {}): Ranger21 => new Ranger21({ ...bare, ...options });

describe('Ranger21: each addition by itself', () => {
  it('none: the sign of the gradient', async () => {
    expectWalk(await walk(make(), [2, -1], [[3, -4]]), [[1.5, -0.5]]);
  });

  it('clips by the norm of the weights as they were before any decay', async () => {
    // ‖p‖ = 5, so that ‖g‖ = 50 becomes 0.5; p decays by 0.5·0.4/S, S = √(½·0.5²)
    const options = { agcClippingValue: 0.1, epsilon: 1, weightDecay: 0.4 };
    const left = 1 - 0.2 / Math.sqrt(0.125);
    const want = [3 * left - (0.5 * 0.3) / 1.3, 4 * left - (0.5 * 0.4) / 1.4];
    expectWalk(await walk(make(options), [3, 4], [[30, 40]]), [want]);
  });

  it('normalizes by the sample deviation, from three elements on', async () => {
    // Deviation 2: g/2 = 1, 2, 3; g/(g + 1) with ε = 1
    const options = { normalizeGradients: true, epsilon: 1 };
    const want = [-0.5 * (1 / 2), -0.5 * (2 / 3), -0.5 * (3 / 4)];
    expectWalk(await walk(make(options), [0, 0, 0], [[2, 4, 6]]), [want]);
    expectWalk(await walk(make(options), [0, 0], [[2, 4]]), [[-0.5 * (2 / 3), -0.5 * (4 / 5)]]);
  });

  it('divides by the largest second moment', async () => {
    // v = ½·16 = 8, then 4 + ½ = 4.5; x = 8, of which ¾ are to be divided out
    const second = 0.5 / Math.sqrt(8 / 0.75);
    expectWalk(await walk(make({ beta2: 0.5 }), [0], [[4], [1]]), [[-0.5], [-0.5 - second]]);
  });

  it('decays by the rate over S, which holds all parameters, and waits while S is 0', async () => {
    const [x, y] = [
      tf.tidy(() => tf.variable(tf.scalar(2))),
      tf.tidy(() => tf.variable(tf.tensor1d([4, 4]))),
    ];
    const optimizer = make({ weightDecay: 0.5 });
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.scalar(1), [y.name]: tf.tensor1d([1, -5]) }));
    // S = √(27/3), 1 − 0.25/3
    const got = [...(await x.data()), ...(await y.data())];
    const left = 1 - 0.25 / 3;
    expectWalk([got], [[2 * left - 0.5, 4 * left - 0.5, 4 * left + 0.5]]);
    tf.dispose([x, y]);
    optimizer.dispose();
    expectWalk(await walk(make({ weightDecay: 0.5, epsilon: 1e-8 }), [2], [[0]]), [[2]]);
  });

  it('pulls norms towards 1, after the decay; a norm of 0 stays', async () => {
    // 5: 1 − 2·0.5·0.5·(1 − 1/5) = 0.6
    const options = { normLossFactor: 0.5, learningRate: 0.5, epsilon: 1e-8 };
    expectWalk(await walk(make(options), [3, 4], [[0, 0]]), [[1.8, 2.4]]);
    expectWalk(await walk(make(options), [0, 0], [[0, 0]]), [[0, 0]]);
    expectWalk(await walk(make({ ...options, epsilon: 0 }), [0, 0], [[1, -1]]), [[-0.5, 0.5]]);
    // Decayed by 1 − 0.25·2/1 = ½ first: ‖p‖ = 5 again
    expectWalk(await walk(make({ ...options, weightDecay: 1 }), [6, 8], [[1, 1]]), [[1.3, 1.9]]);
  });

  it('smooths the denominator', async () => {
    const d = Math.log(1 + Math.exp(5 * 0.5)) / 5;
    expectWalk(await walk(make({ useSoftplus: true, betaSoftplus: 5 }), [0], [[0.5]]), [[-0.25 / d]]);
  });

  it('corrects the bias of the first moment by β₁ᵗ, or not', async () => {
    // P = ¾g, 1 − β₁ = ½
    expectWalk(await walk(make({ beta1: 0.5 }), [0], [[2]]), [[-0.75]]);
    expectWalk(await walk(make({ beta1: 0.5, adamD: true }), [0], [[2]]), [[-0.375]]);
  });
});

describe('Ranger21: the learning rate', () => {
  const slopes = Array<number[]>(5).fill([-1]);

  it('warms up, and down to its last value, where it stays', async () => {
    const lengths = { numIterations: 4, numWarmUpIterations: 2, numWarmDownIterations: 2 };
    const options = { ...lengths, disableLrScheduler: false, learningRate: 1, warmDownMinLr: 0.1 };
    // ½; 1 − 0.9·⅓, 1 − 0.9·⅔, 0.1, 0.1
    expectWalk(await walk(make(options), [0], slopes), [[0.5], [1.2], [1.6], [1.7], [1.8]]);
  });

  it('warms up for 2/(1 − β₂) steps, or 22 % of a short run', async () => {
    const options = { disableLrScheduler: false, learningRate: 1, beta2: 0.5, epsilon: 0 };
    const long = await walk(make({ ...options, numIterations: 100 }), [0], slopes);
    expectWalk(long, [[0.25], [0.75], [1.5], [2.5], [3.5]]);
    // 4 is more than 45 % of 8: ⌊1.76⌋ = 1; the warm-down starts at ⌊5.76⌋
    const short = await walk(make({ ...options, numIterations: 8 }), [0], slopes.slice(0, 4));
    expectWalk(short, [[1], [2], [3], [4]]);
  });

  it('follows a peak that is set or scheduled, down to less than warmDownMinLr', async () => {
    const options = { disableLrScheduler: false, numIterations: 100, numWarmUpIterations: 0 };
    const scheduled = make({ ...options, warmDownMinLr: 0.4, learningRate: (t) => 1 / 2 ** t });
    expectWalk(await walk(scheduled, [0], slopes.slice(0, 3)), [[1], [1.5], [1.75]]);
  });
});

it('looks ahead with all parameters at once', async () => {
  const [x, y] = ['x', 'y'].map((name) => tf.tidy(() => tf.variable(tf.scalar(4), true, name)));
  const optimizer = make({ learningRate: 1, lookaheadMergeTime: 2, lookaheadBlendingAlpha: 0.25 });
  const one = tf.scalar(1);
  for (const gradients of [{ x: one }, { x: one, y: one }, { y: one }]) optimizer.applyGradients(gradients);
  // x: 4 + ¼(2 − 4); y: 4 + ¼(3 − 4), then one more step
  expect([(await x!.data())[0], (await y!.data())[0]]).toEqual([3.5, 2.75]);
  tf.dispose([x, y, one]);
  optimizer.dispose();
});

it('refuses a step without any gradient', () => {
  const optimizer = make();
  expect(() => optimizer.applyGradients([])).toThrow(
    new RangeError('Ranger21: a step needs at least one gradient, got none'),
  );
  expect(optimizer.iterations).toBe(0);
  optimizer.dispose();
});

it.each([
  [{ numIterations: 0 }, 'numIterations must be an integer in [1, ∞), got 0'],
  [{ numIterations: 2.5 }, 'numIterations must be an integer in [1, ∞), got 2.5'],
  [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
  [{ warmDownMinLr: 2e-3 }, 'warmDownMinLr must be at most learningRate (0.001), got 0.002'],
  [{ warmDownMinLr: -1 }, 'warmDownMinLr must be in [0, ∞), got -1'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ beta0: 1.1 }, 'beta0 must be in [0, 1], got 1.1'],
  [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
  [{ weightDecay: -1 }, 'weightDecay must be in [0, ∞), got -1'],
  [{ normLossFactor: -1 }, 'normLossFactor must be in [0, ∞), got -1'],
  [{ agcClippingValue: 0 }, 'agcClippingValue must be in (0, ∞), or null, got 0'],
  [{ betaSoftplus: 0 }, 'betaSoftplus must be in (0, ∞), got 0'],
  [{ lookaheadMergeTime: 0 }, 'lookaheadMergeTime must be an integer in [1, ∞), got 0'],
  [{ numWarmDownIterations: 11 }, 'numWarmDownIterations must be at most numIterations (10), got 11'],
])('Ranger21 refuses %o', (options, message) => {
  expect(() => new Ranger21({ numIterations: 10, ...options })).toThrow(
    new RangeError(`Ranger21: ${message}`),
  );
});

it('needs numIterations, and has no mode of decay', () => {
  expect(() => new Ranger21({} as Ranger21Options)).toThrow(
    new TypeError('Ranger21: numIterations is required and must be an integer in [1, ∞)'),
  );
  expect(() => new Ranger21({ numIterations: 1, weightDecayMode: 'coupled' } as Ranger21Options)).toThrow(
    'Ranger21: unknown option "weightDecayMode"',
  );
});

// SPDX-License-Identifier: Apache-2.0

import { Apollo, type ApolloOptions } from '@optim/apollo';
import { defineHook } from '@optim/core/authoring';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Apollo.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// At the higher rates of the suite, Rosenbrock's function needs a slower rise.
suite(golden, (options, golden) => new Apollo(golden ? options : { warmupSteps: 1000, ...options }));

/** Takes the step back, and leaves the decay. */
const decayOnly = defineHook('decayOnly', {}, () => ({ update: ({ start }) => ({ param: start! }) }));

describe('Apollo', () => {
  const apollo = (options: ApolloOptions = {}): Apollo =>
    new Apollo({ learningRate: 0.5, warmupSteps: 0, beta: 0.5, ...options });

  it('starts by the gradient over the lower bound of the curvature', async () => {
    expectWalk(await walk(apollo({ learningRate: 0.01 }), [1, 1], [[2, -0.5]]), [[-1, 1.5]]);
    // r = 2, and ε.
    const belief = apollo({ rebound: 'belief', epsilon: 0.5 });
    expectWalk(await walk(belief, [1, 1], [[2, -0.5]]), [[0.6, 1.1]]);
  });

  it('fits the curvature to the change of the gradient along the last direction', async () => {
    const optimizer = apollo({ learningRate: 0.01, epsilon: 0.01 });
    const x = tf.tidy(() => tf.variable(tf.tensor1d([0, 0]), true, 'x'));
    for (const gradient of [
      [1, 1],
      [9, 5],
    ])
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d(gradient) }));
    // d = (100, 100), of which n = 100·∜2 + 1; Δ = (8, 4), a = ⅔, m = 1 + ⅔Δ.
    const n = 100 * 2 ** 0.25 + 1;
    const unit = 100 / n;
    const B = -(2 / 3 / n) * 12 * unit * unit ** 2;
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expectClose('B', slots['B']!.data, [B, B], 1e-5);
    expectClose('m', slots['m']!.data, [19 / 3, 11 / 3], 1e-5);
    expect(-B).toBeGreaterThan(0.01);
    expectClose('x', await x.data(), [-1 + (0.01 * 19) / 3 / B, -1 + (0.01 * 11) / 3 / B], 1e-5);
    x.dispose();
    optimizer.dispose();
  });

  it('warms up in a straight line from initLr', async () => {
    // Without a gradient decoupled decay alone moves, by η: ⅛, ¼, ⅜, ½, ½.
    const decay: ApolloOptions = { weightDecay: 1, weightDecayType: 'decoupled' };
    const gradients = [[0], [0], [0], [0], [0]];
    const want = [0.875, 0.65625, 0.41015625, 0.205078125, 0.1025390625].map((p) => [p]);
    const options = { ...decay, warmupSteps: 3, initLr: 0.125 };
    expectWalk(await walk(apollo(options), [1], gradients), want);
    // A thousandth of the rate, then half of it and half of that.
    const [first, second] = [0.5 / 1000, (0.5 + 0.5 / 1000) / 2];
    expectWalk(await walk(apollo({ ...decay, warmupSteps: 2 }), [1], [[0], [0]]), [
      [1 - first],
      [(1 - first) * (1 - second)],
    ]);
  });

  it.each([
    // By the gradient, which r = 0.01 divides; by the direction; by the direction, over the mean of D = r.
    [{ weightDecayType: 'l2' }, 0.25 / 0.01],
    [{ weightDecayType: 'decoupled' }, 0.25],
    [{ weightDecayType: 'stable' }, 0.25 / 0.01],
    [{ weightDecayType: null }, 0.25 / 0.01],
    [{ weightDecayType: null, rebound: 'belief' }, 0.25],
    // r = 0: D = ε/a.
    [{ weightDecayType: 'stable', rebound: 'belief', epsilon: 0.125 }, 2],
  ] as const)('decays by %o', async (options, d) => {
    const optimizer = apollo({ weightDecay: 0.25, learningRate: 0.01, ...options });
    const x = tf.tidy(() => tf.variable(tf.scalar(2), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(0) }));
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expectClose('x', await x.data(), [2 - 0.01 * 2 * d], 1e-5);
    // The direction that is kept has the decay in it.
    expectClose('d', slots['d']!.data, [2 * d], 1e-5);
    x.dispose();
    optimizer.dispose();
  });

  it('tells hooks the step from the decay, and the rate in force', async () => {
    const rates = defineHook('rates', {}, () => ({
      reads: ['learningRate'],
      update: ({ param }, { learningRate }) => ({ param: param!.sub(learningRate!) }),
    }));
    // ⅛ in the first step of the warm-up: 2·(1 − ⅛·¼) − ⅛.
    const options: ApolloOptions = {
      warmupSteps: 10,
      initLr: 0.125,
      weightDecay: 0.25,
      weightDecayType: 'decoupled',
    };
    const transforms = [decayOnly(), rates()];
    expectWalk(await walk(apollo({ ...options, transforms }), [2], [[1]]), [[2 - 1 / 16 - 1 / 8]]);
  });

  it('leaves what has no gradient where it is', async () => {
    for (const rebound of ['constant', 'belief'] as const)
      expect(await walk(apollo({ rebound }), [2, 3], [[0, 0]])).toEqual([[2, 3]]);
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ initLr: -0.1 }, 'initLr must be in [0, ∞), or null, got -0.1'],
    [{ learningRate: 0.1, initLr: 0.2 }, 'initLr must be at most learningRate, 0.1, got 0.2'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ weightDecay: -1 }, 'weightDecay must be in [0, ∞), got -1'],
    [{ warmupSteps: 1.5 }, 'warmupSteps must be an integer in [0, ∞), got 1.5'],
    [{ rebound: 'none' as 'belief' }, `rebound must be one of 'constant', 'belief', got "none"`],
    [
      { weightDecayType: 'none' as 'l2' },
      `weightDecayType must be one of 'l2', 'decoupled', 'stable', or null, got "none"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new Apollo(options)).toThrow(new RangeError(`Apollo: ${message}`));
  });

  it('refuses a learning rate below initLr, and takes a schedule that ends at 0', async () => {
    const optimizer = apollo({ initLr: 0.25 });
    expect(() => (optimizer.learningRate = 0.125)).toThrow(
      new RangeError('Apollo: initLr must be at most learningRate, 0.125, got 0.25'),
    );
    optimizer.dispose();
    const falling = apollo({ learningRate: (step) => (step === 0 ? 0.01 : 0) });
    expectWalk(await walk(falling, [1], [[1], [1]]), [[0], [0]]);
  });
});

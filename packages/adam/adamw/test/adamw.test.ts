// SPDX-License-Identifier: Apache-2.0

import { Adam, AdamD, AdamW, AMSGrad } from '@optim/adamw';
import { expectLoadsAsItself, expectWalk, suite, walk } from '@optim/testing';
import adamGolden from '@optim/testing/golden/Adam.json' with { type: 'json' };
import adamDGolden from '@optim/testing/golden/AdamD.json' with { type: 'json' };
import adamWGolden from '@optim/testing/golden/AdamW.json' with { type: 'json' };
import aMSGradGolden from '@optim/testing/golden/AMSGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(adamGolden, (options) => new Adam(options));
suite(adamDGolden, (options) => new AdamD(options));
suite(adamWGolden, (options) => new AdamW(options));
suite(aMSGradGolden, (options) => new AMSGrad(options));

describe('Adam', () => {
  it('is AdamW without weight decay by default, with a coupled one', async () => {
    const gradients = [[1, -2], [0.5, 3], [-1, 0.1]]; // prettier-ignore
    const want = await walk(new AdamW({ weightDecay: 0 }), [1, 2], gradients);
    expect(await walk(new Adam(), [1, 2], gradients)).toEqual(want);
    // λp turns the sign of the gradient.
    expectWalk(await walk(new Adam({ learningRate: 0.1, weightDecay: 1 }), [2], [[-1]]), [[1.9]]);
  });

  it('looks ahead by (1 + β₁) times the step at first', async () => {
    const optimizer = new Adam({ learningRate: 0.1, beta1: 0.5, nesterov: true });
    expectWalk(await walk(optimizer, [1, 1], [[3, -0.2]]), [[0.85, 1.15]]);
  });

  it('is tf.train.adam with its ε', async () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 3]), true, 'x'));
    const gradients = [[1, -0.3, 0], [0.2, 0.4, 2], [-3, 0.01, 1]]; // prettier-ignore
    const theirs = tf.train.adam(1e-3, 0.5, 0.75, 1e-7);
    for (const gradient of gradients)
      tf.tidy(() => theirs.applyGradients([{ name: 'x', tensor: tf.tensor1d(gradient) }]));
    const want = [...(await x.data())];
    x.dispose();
    theirs.dispose();
    const ours = new Adam({ beta1: 0.5, beta2: 0.75, epsilon: 1e-7 });
    expectWalk((await walk(ours, [1, -2, 3], gradients)).slice(-1), [want]);
  });

  it('leaves a model that was saved with tf.train.adam to it', () =>
    expectLoadsAsItself(tf.train.adam(0.01, 0.8)));

  it('names itself as it is registered', () => {
    expect(() => new Adam({ beta1: 1 })).toThrow(new RangeError('OptimAdam: beta1 must be in [0, 1), got 1'));
    expect(new Adam().getClassName()).toBe('OptimAdam');
  });
});

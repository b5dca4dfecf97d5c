// SPDX-License-Identifier: Apache-2.0

import { SignSGD, type SignSGDOptions } from '@optim/signsgd';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SignSGD.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SignSGD(options));

describe('SignSGD', () => {
  const sign = (options: SignSGDOptions = {}): SignSGD =>
    new SignSGD({ learningRate: 0.125, momentum: 0.5, ...options });

  it('moves by the learning rate along the sign, whatever the gradient, and not at all without any', async () => {
    const gradients = [
      [1e-20, -1e20, 0],
      [1, -1, 0],
    ];
    const want = [
      [0.875, 1.125, 1],
      [0.75, 1.25, 1],
    ];
    expectWalk(await walk(sign(), [1, 1, 1], gradients), want);
    expectWalk(await walk(sign({ momentum: 0 }), [1, 1, 1], gradients), want);
  });

  it('goes by the average with momentum, by the gradient alone without', async () => {
    // m: 2, ½·2 − ½·1 = ½, ¼
    expectWalk(await walk(sign(), [0], [[4], [-1], [0]]), [[-0.125], [-0.25], [-0.375]]);
    expectWalk(await walk(sign({ momentum: 0 }), [0], [[4], [-1], [0]]), [[-0.125], [0], [0]]);
  });

  it('keeps nothing without momentum', async () => {
    const optimizer = sign({ momentum: 0 });
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(4) }));
    expect((await optimizer.stateDict()).parameters[0]!.slots).toEqual({});
    x.dispose();
    optimizer.dispose();
  });

  it('moves an element without gradient by the whole learning rate where the decay is coupled', async () => {
    const weightDecay = 1e-3;
    expectWalk(await walk(sign({ weightDecay, weightDecayMode: 'coupled' }), [1, -1], [[0, 0]]), [
      [0.875, -0.875],
    ]);
    expectWalk(await walk(sign({ weightDecay }), [1, -1], [[0, 0]]), [[1 - 1.25e-4, -1 + 1.25e-4]]);
  });

  it('does not hide NaN', async () => {
    expect(await walk(sign(), [1, 1], [[NaN, 1]])).toEqual([[NaN, 0.875]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new SignSGD(options)).toThrow(new RangeError(`SignSGD: ${message}`));
  });
});

// SPDX-License-Identifier: Apache-2.0

import { RMSProp } from '@optim/rmsprop';
import { expectLoadsAsItself, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/RMSProp.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new RMSProp(options));

describe('RMSProp', () => {
  it('steps by rate/√(1 − decay) at first, whatever the gradient, and not at all without one', async () => {
    const optimizer = new RMSProp({ learningRate: 0.1, decay: 0.75, epsilon: 0 });
    expectWalk(await walk(optimizer, [1, 1, 1], [[1e4, -1e-4, 0]]), [[0.8, 1.2, 1]]);
  });

  it('corrects that, or starts from 1', async () => {
    const corrected = new RMSProp({ learningRate: 0.1, decay: 0.75, epsilon: 0, biasCorrection: true });
    expectWalk(await walk(corrected, [1, 1], [[50, -2]]), [[0.9, 1.1]]);
    // v = ¾ + ¼·9 = 3
    const begun = new RMSProp({ learningRate: 0.1, decay: 0.75, epsilon: 0, initialAccumulator: 1 });
    expectWalk(await walk(begun, [1], [[3]]), [[1 - 0.3 / Math.sqrt(3)]]);
  });

  it('divides by the standard deviation, which rounding does not make negative', async () => {
    // v = ½·16 = 8, a = 2, u = 4; then v = 12, a = 3, u = 3.
    const centered = new RMSProp({ learningRate: 0.5, decay: 0.5, centered: true, epsilon: 0 });
    const second = 0 - (0.5 * 4) / Math.sqrt(3);
    expectWalk(await walk(centered, [1], [[4], [4]]), [[0], [second]]);
    const steady = new RMSProp({ decay: 0.5, centered: true, epsilon: 1e-3, epsilonPosition: 'inside' });
    const seen = await walk(
      steady,
      [1],
      Array.from({ length: 60 }, () => [0.1]),
    );
    expect(seen.flat().every(Number.isFinite)).toBe(true);
  });

  it('keeps the rate of a step inside the momentum, or outside', async () => {
    const learningRate = (step: number): number => (step === 0 ? 1 : 0.5);
    // n = 1 in both steps: v stays at 1.
    const options = { learningRate, decay: 0.5, initialAccumulator: 1, epsilon: 0, momentum: 0.5 };
    const gradients = [[1], [1]];
    expectWalk(await walk(new RMSProp(options), [0], gradients), [[-1], [-1.75]]);
    const inside = new RMSProp({ ...options, learningRateInMomentum: true });
    expectWalk(await walk(inside, [0], gradients), [[-1], [-2]]);
    // b = 1, 1.5; n + μb = 1.5, 1.75
    const nesterov = new RMSProp({ ...options, nesterov: true });
    expectWalk(await walk(nesterov, [0], gradients), [[-1.5], [-1.5 - 0.5 * 1.75]]);
  });

  it.each([
    [{ decay: 1 }, 'decay must be in [0, 1), got 1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
    [{ nesterov: true }, 'nesterov must be false without momentum, got true'],
    [
      { biasCorrection: true, centered: true },
      'biasCorrection must be false with centered or initialAccumulator, got true',
    ],
    [
      { biasCorrection: true, initialAccumulator: 1 },
      'biasCorrection must be false with centered or initialAccumulator, got true',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new RMSProp(options)).toThrow(new RangeError(`OptimRMSProp: ${message}`));
  });
});

describe('beside tf.train.rmsprop', () => {
  it('is the same with its constants', async () => {
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 3]), true, 'x'));
    const gradients = [[1, -0.3, 0], [0.2, 0.4, 2], [-3, 1e-3, 1]]; // prettier-ignore
    const theirs = tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7);
    for (const gradient of gradients) tf.tidy(() => theirs.applyGradients({ x: tf.tensor1d(gradient) }));
    const want = [...(await x.data())];
    x.dispose();
    theirs.dispose();
    const ours = new RMSProp({
      learningRate: 0.01,
      decay: 0.9,
      momentum: 0.5,
      epsilon: 1e-7,
      epsilonPosition: 'inside',
      learningRateInMomentum: true,
    });
    expectWalk((await walk(ours, [1, -2, 3], gradients)).slice(-1), [want]);
  });

  it('leaves a model that was saved with it to it', () => expectLoadsAsItself(tf.train.rmsprop(0.01, 0.8)));
});

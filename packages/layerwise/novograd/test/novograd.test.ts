// SPDX-License-Identifier: Apache-2.0

import { NovoGrad, type NovoGradOptions } from '@optim/novograd';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/NovoGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new NovoGrad(options));

describe('NovoGrad', () => {
  const novograd = (options: NovoGradOptions = {}): NovoGrad =>
    new NovoGrad({ learningRate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 0, ...options });

  it('takes a first step of norm learningRate, and counts the first gradient once', async () => {
    // v: 25, ¾·25 + ¼·100 = 43.75; m: (0.6, 0.8), half of it + (6, 8)/√43.75
    const second = 1 / Math.sqrt(43.75);
    const got = await walk(
      novograd(),
      [0, 0],
      [
        [3, 4],
        [6, 8],
      ],
    );
    expectWalk(got, [
      [-0.3, -0.4],
      [-0.3 - 0.5 * (0.3 + 6 * second), -0.4 - 0.5 * (0.4 + 8 * second)],
    ]);
  });

  it('waits for the first gradient that is not zero', async () => {
    expectWalk(
      await walk(
        novograd({ epsilon: 1e-8 }),
        [1, 1],
        [
          [0, 0],
          [3, 4],
          [0, 0],
        ],
      ),
      [
        [1, 1],
        [0.7, 0.6],
        [0.55, 0.4],
      ],
    );
  });

  it('moves a scalar by the learning rate', async () => {
    const optimizer = novograd();
    const x = tf.tidy(() => tf.variable(tf.scalar(1), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(-1e-6) }));
    expect((await x.data())[0]).toBeCloseTo(1.5, 6);
    x.dispose();
    optimizer.dispose();
  });

  it('adds the decay to the normalized gradient, before averaging', async () => {
    // q: 1 + ¼·2 = 1.5, then −1/√(v = 3.25) + ¼·p
    const options: NovoGradOptions = { weightDecay: 0.25 };
    const v = Math.sqrt(0.75 * 4 + 0.25);
    expectWalk(await walk(novograd(options), [2], [[2], [-1]]), [
      [1.25],
      [1.25 - 0.5 * (0.75 - 1 / v + 0.3125)],
    ]);
    const averaging = { ...options, gradAveraging: true };
    // m: 0.75, ½·0.75 + ½·(…)
    expectWalk(await walk(novograd(averaging), [2], [[2], [-1]]), [
      [1.625],
      [1.625 - 0.5 * (0.375 + 0.5 * (-1 / v + 0.40625))],
    ]);
    // p·(1 − ½·¼), p·(1 − ¼), then the step
    expectWalk(await walk(novograd({ ...options, weightDecayMode: 'decoupled' }), [2], [[2]]), [[1.25]]);
    expectWalk(await walk(novograd({ ...options, weightDecayMode: 'independent' }), [2], [[2]]), [[1]]);
  });

  it('divides by the largest squared norm there was', async () => {
    // v: 16, 12.25; x: 16
    const second = (v: number): number => -0.5 - 0.5 * (0.5 + 1 / Math.sqrt(v));
    expectWalk(await walk(novograd(), [0], [[4], [1]]), [[-0.5], [second(12.25)]]);
    expectWalk(await walk(novograd({ amsgrad: true }), [0], [[4], [1]]), [[-0.5], [second(16)]]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
    [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new NovoGrad(options)).toThrow(new RangeError(`NovoGrad: ${message}`));
  });
});

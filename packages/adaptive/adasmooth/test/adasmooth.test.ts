// SPDX-License-Identifier: Apache-2.0

import { AdaSmooth, type AdaSmoothOptions } from '@optim/adasmooth';
import { defineHook } from '@optim/core/authoring';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdaSmooth.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// By default the first step is a hundred times the learning rate, too long for the rates of the suite.
suite(golden, (options, golden) => new AdaSmooth(golden ? options : { beta2: 0.9, ...options }));

/** Takes the step back, leaves the decay, and keeps the sum of the second moments. */
const decayOnly = defineHook('decayOnly', {}, () => ({
  reads: ['secondMoment'],
  globals: { v: 0 },
  observe: ({ secondMoment }) => ({ v: secondMoment!.sum() }),
  combine: ({ v }) => ({ v: v! }),
  update: ({ start }) => ({ param: start! }),
}));

describe('AdaSmooth', () => {
  // c = e/4 + 1/4: c² is 1/16 where e = 0, 1/4 where e = 1.
  const smooth = (options: AdaSmoothOptions = {}): AdaSmooth =>
    new AdaSmooth({ learningRate: 0.25, beta1: 0.5, beta2: 0.75, epsilon: 1e-12, ...options });

  it('starts with a long step, and takes a shorter window after it', async () => {
    // v = 4/16: the step is ¼·2/½ = 1 = learningRate/(1 − β₂). Then e = 1 and v = ¼·4 + ¾·¼ = 19/16.
    expectWalk(await walk(smooth(), [3], [[2], [2]]), [[2], [2 - 0.5 / Math.sqrt(19 / 16)]]);
  });

  it('lengthens the window of what zigzags', async () => {
    // v = ¼, Δ = −1; e = 1, v = ¼·16 + ¾·¼ = 67/16, Δ = 1/√v; e = (1 − Δ)/(1 + Δ).
    const back = 1 / Math.sqrt(67 / 16);
    const c2 = ((1 - back) / (1 + back) / 4 + 0.25) ** 2;
    const v = c2 * 4 + (1 - c2) * (67 / 16);
    expectWalk(await walk(smooth(), [0], [[2], [-4], [2]]), [
      [-1],
      [-1 + back],
      [-1 + back - 0.5 / Math.sqrt(v)],
    ]);
  });

  it('starts the ratio anew after every window, but not the second moment', async () => {
    // The third step again has e = 0: v = 4/16 + 15/16·19/16.
    const v = 0.25 + (15 / 16) * (19 / 16);
    const second = 2 - 0.5 / Math.sqrt(19 / 16);
    expectWalk(await walk(smooth({ window: 2 }), [3], [[2], [2], [2]]), [
      [2],
      [second],
      [second - 0.5 / Math.sqrt(v)],
    ]);
  });

  it('counts the decay as part of the move', async () => {
    // Without a gradient only the decay moves: p·(1 − ¼) by each mode; all of it in one direction, e = 1.
    for (const options of [
      { weightDecay: 1, weightDecayMode: 'decoupled' },
      { weightDecay: 0.25, weightDecayMode: 'independent' },
    ] as const) {
      const step = 0.5 / Math.sqrt(1);
      // e = 1 in the second step: v = 4/4.
      expectWalk(await walk(smooth(options), [4], [[0], [2]]), [[3], [2.25 - step]]);
    }
  });

  it('tells hooks its second moment, and the step from the decay', async () => {
    const optimizer = smooth({
      weightDecay: 1,
      weightDecayMode: 'decoupled',
      transforms: [decayOnly()],
    });
    const x = tf.tidy(() => tf.variable(tf.scalar(4), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(2) }));
    // v = 4/16; p = 4·(1 − ¼).
    expect(await optimizer.readGlobals()).toEqual({ 'decayOnly.v': 0.25 });
    expect(await x.data()).toEqual(Float32Array.of(3));
    x.dispose();
    optimizer.dispose();
  });

  it('leaves elements without a gradient where they are', async () => {
    expect(await walk(smooth(), [0.5], [[0], [0]])).toEqual([[0.5], [0.5]]);
  });

  it.each([
    [{ beta1: 0.9, beta2: 0.5 }, 'beta2 must be at least beta1, 0.9, got 0.5'],
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ window: 1.5 }, 'window must be an integer in [0, ∞), got 1.5'],
    [{ window: -1 }, 'window must be an integer in [0, ∞), got -1'],
    [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaSmooth(options)).toThrow(new RangeError(`AdaSmooth: ${message}`));
  });
});

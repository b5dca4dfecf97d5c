// SPDX-License-Identifier: Apache-2.0
// Both in `model.fit`: a convolution (on wasm, which has no gradient of it, a dense layer), batch normalization and dropout.

import { SophiaG, SophiaH } from '@optim/sophia';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

const { layers: l } = layers;
const wasm = inject('backend') === 'wasm';

beforeEach(() => tf.engine().startScope());
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

function network(optimizer: tf.Optimizer): layers.Sequential {
  const kernelInitializer = layers.initializers.glorotUniform({ seed: 3 });
  const shared = { activation: 'relu' as const, inputShape: [6, 6, 1], kernelInitializer };
  const first = wasm ? l.dense({ units: 3, ...shared }) : l.conv2d({ filters: 3, kernelSize: 3, ...shared });
  const model = layers.sequential({
    layers: [
      first,
      l.batchNormalization(),
      l.dropout({ rate: 0.2, seed: 1 }),
      l.flatten(),
      l.dense({ units: 2, activation: 'softmax', kernelInitializer, kernelRegularizer: 'l1l2' }),
    ],
  });
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** Bright on the left, or on the right. */
function images(): [tf.Tensor, tf.Tensor] {
  const sides = [0, 1, 0, 1, 0, 1, 0, 1];
  const pixels = sides.flatMap((side, n) =>
    Array.from({ length: 36 }, (_, i) => (i % 6 < 3 === (side === 0) ? 1 : 0) + 0.1 * Math.sin(n + i)),
  );
  return [tf.tensor(pixels, [8, 6, 6, 1]), tf.oneHot(tf.tensor1d(sides, 'int32'), 2)];
}

describe('in model.fit', () => {
  it.each([
    ['SophiaG', () => new SophiaG({ learningRate: 0.01, batchSize: 8, updatePeriod: 2 })],
    ['SophiaH', () => new SophiaH({ learningRate: 1, updatePeriod: 2 })],
  ])(
    '%s learns, with statistics that move once a step, metrics once, and nothing left',
    async (_name, make) => {
      const optimizer = make();
      const model = network(optimizer);
      if (optimizer instanceof SophiaG) optimizer.sampleFrom(model);
      const [x, y] = images();
      const first = await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0, shuffle: false });
      const { parameters } = await optimizer.stateDict();
      for (const { name, slots } of parameters)
        expect([...slots['h']!.data], name).toContainEqual(expect.not.closeTo(0, 20));
      expect(Object.keys(first.history)).toEqual(['loss', 'acc']);
      const before = tf.memory().numTensors;
      const { history } = await model.fit(x, y, { epochs: 10, batchSize: 8, verbose: 0, shuffle: false });
      expect(tf.memory().numTensors).toBe(before);
      expect(Number(history['loss']!.at(-1))).toBeLessThan(0.7 * Number(first.history['loss']![0]));
      optimizer.dispose();
    },
  );

  it('SophiaG moves nothing but h by sampling', async () => {
    const [x, y] = images();
    const ends = [];
    for (const samples of [true, false]) {
      const optimizer = new SophiaG({ learningRate: 1e-3, rho: 1e-9, updatePeriod: 1 });
      const model = layers.sequential({
        layers: [
          l.flatten({ inputShape: [6, 6, 1] }),
          l.dense({ units: 3, kernelInitializer: layers.initializers.glorotUniform({ seed: 5 }) }),
          l.batchNormalization(),
          l.dense({
            units: 2,
            activation: 'softmax',
            kernelInitializer: layers.initializers.glorotUniform({ seed: 5 }),
          }),
        ],
      });
      model.compile({ optimizer, loss: 'categoricalCrossentropy' });
      if (samples) optimizer.sampleFrom(model);
      await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0, shuffle: false });
      ends.push(await Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())])));
      optimizer.dispose();
    }
    expect(ends[0]).toEqual(ends[1]);
  });

  it('SophiaG refuses the loss of another model', () => {
    const optimizer = new SophiaG({ updatePeriod: 1 });
    optimizer.sampleFrom(network(new SophiaG()));
    const w = tf.variable(tf.ones([2]), true, 'w');
    expect(() => optimizer.minimize(() => tf.sum(tf.square(w)), true, [w])).toThrow(
      /^SophiaG: the loss must be that of the model given to sampleFrom, got /,
    );
    optimizer.dispose();
  });
});

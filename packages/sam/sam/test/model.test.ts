// SPDX-License-Identifier: Apache-2.0

import { SAM } from '@optim/sam';
import { freeOwned, Momentum, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it } from 'vitest';

afterEach(freeOwned);

const column = (values: number[]): tf.Tensor2D => own(tf.tensor2d(values, [values.length, 1]));

function modelOf(stack: layers.layers.Layer[], optimizer: tf.Optimizer): layers.Sequential {
  const model = own(layers.sequential({ layers: stack }));
  model.compile({ optimizer: own(optimizer), loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

const dense = (options: object = {}): layers.layers.Layer =>
  layers.layers.dense({ units: 1, kernelInitializer: 'ones', ...options });

describe('SAM in model.fit', () => {
  it('moves the statistics of batch normalization once', async () => {
    const norm = layers.layers.batchNormalization({ momentum: 0.9, inputShape: [1] });
    const model = modelOf([norm, dense()], new SAM(tf.train.sgd(0.1), { rho: 0.5 }));
    await model.trainOnBatch(column([1, 5]), column([0, 0]));
    const [, , mean, variance] = await Promise.all(norm.getWeights().map((weight) => weight.data()));
    // The batch has mean 3 and variance 4; the statistics start at 0 and 1.
    expect(mean![0]).toBeCloseTo(0.1 * 3, 6);
    expect(variance![0]).toBeCloseTo(0.9 + 0.1 * 4, 6);
  });

  it('reports the loss and metrics of the first evaluation', async () => {
    const model = modelOf([dense({ inputShape: [1] })], new SAM(tf.train.sgd(0), { rho: 1 }));
    const [xs, ys] = [column([1, 2]), column([0, 0])];
    const { history } = await model.fit(xs, ys, { epochs: 2, batchSize: 2, verbose: 0, yieldEvery: 'never' });
    // Predictions 1 and 2.
    expect(history['loss']).toEqual([2.5, 2.5]);
    expect(history['mae']).toEqual([1.5, 1.5]);
  });

  it('leaks nothing over twenty batches, whatever is kept for trainOnBatch to read', async () => {
    const stack = [
      dense({ inputShape: [1], units: 3 }),
      layers.layers.dropout({ rate: 0.5 }),
      layers.layers.batchNormalization(),
      dense(),
    ];
    const model = modelOf(stack, new SAM(new Momentum(0.1, 0.9)));
    const [xs, ys] = [column([1, 2]), column([0, 0])];
    const counts: number[] = [];
    for (let i = 0; i < 21; i++) {
      // Loss and metric of the first evaluation, then the metric of the second.
      expect(await model.trainOnBatch(xs, ys)).toHaveLength(3);
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts.slice(1)).size).toBe(1);
    await model.fit(xs, ys, { epochs: 20, batchSize: 2, verbose: 0, yieldEvery: 'never' });
    expect(tf.memory().numTensors).toBe(counts[20]! + 1);
  });

  it('trains a stateful recurrent layer, whose states are kept from one step to the next', async () => {
    const recurrent = layers.layers.simpleRNN({
      units: 2,
      recurrentInitializer: 'zeros',
      stateful: true,
      batchInputShape: [2, 3, 1],
    });
    const model = modelOf([recurrent, dense()], new SAM(tf.train.sgd(0.1)));
    const xs = own(tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1]));
    const ys = column([0, 1]);
    for (let i = 0; i < 3; i++) expect(await model.trainOnBatch(xs, ys)).toHaveLength(3);
    expect(model.optimizer.iterations).toBe(3);
    recurrent.resetStates();
    tf.dispose((recurrent as unknown as { states_: tf.Tensor[] }).states_);
  });

  it('is saved and loaded around an optimizer of TensorFlow.js, and goes on bit for bit', async () => {
    const stack = [dense({ inputShape: [1], units: 3, activation: 'tanh' }), dense()];
    const model = modelOf(stack, new SAM(new Momentum(0.1, 0.9, true), { rho: 0.3, adaptive: true }));
    const [xs, ys] = [column([1, 2]), column([0, 3])];
    const train = async (trained: layers.LayersModel): Promise<unknown> => {
      await trained.fit(xs, ys, { epochs: 3, verbose: 0, yieldEvery: 'never' });
      return Promise.all(trained.getWeights().map((weight) => weight.data()));
    };
    await train(model);
    let saved: tf.io.ModelArtifacts | undefined;
    const handler = tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    });
    await model.save(handler, { includeOptimizer: true });
    const loaded = own(await layers.loadLayersModel(tf.io.fromMemory(saved!)));
    const optimizer = own(loaded.optimizer as SAM);
    // The tensor of its rate, which `tf.train.momentum` forgets.
    own((optimizer.base as unknown as { c: tf.Tensor }).c);
    expect(optimizer).toBeInstanceOf(SAM);
    expect(optimizer.base.getClassName()).toBe('Momentum');
    expect(optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    expect(optimizer.iterations).toBe(3);
    expect(await train(loaded)).toEqual(await train(model));
  });
});

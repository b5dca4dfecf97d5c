// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { linear, piecewiseConstant, reduceOnPlateauCallback, scheduleCallback } from '../src/index.js';

/** Fits y = 3x + 1, never quite, with one dense unit; `after` sees its weight after every batch. */
async function fit(
  optimizer: tf.Optimizer,
  callbacks: object,
  epochs: number,
  after: (weight: number) => void = () => {},
): Promise<void> {
  const model = layers.sequential();
  model.add(layers.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' }));
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const x = tf.tensor2d([1, 2, 3, 4], [4, 1]);
  const y = tf.tensor2d([4, 7, 10, 13], [4, 1]);
  const record = {
    onBatchEnd: async () => {
      after((await model.getWeights()[0]!.data())[0]!);
    },
  };
  try {
    await model.fit(x, y, {
      epochs,
      batchSize: 2,
      verbose: 0,
      shuffle: false,
      callbacks: [callbacks, record],
    });
  } finally {
    tf.dispose([x, y]);
    model.dispose();
    optimizer.dispose();
    // tf.train.momentum forgets the tensor of its rate.
    tf.dispose({ ...optimizer });
  }
}

describe('scheduleCallback', () => {
  const optimizers = {
    sgd: () => tf.train.sgd(0.5),
    momentum: () => tf.train.momentum(0.5, 0.9),
    adam: () => tf.train.adam(0.5),
    adamax: () => tf.train.adamax(0.5),
    adagrad: () => tf.train.adagrad(0.5),
    adadelta: () => tf.train.adadelta(0.5),
    rmsprop: () => tf.train.rmsprop(0.5),
  };

  it.each(Object.entries(optimizers))('sets the rate tf.train.%s steps with', async (_, make) => {
    const optimizer = make();
    const weights: number[] = [];
    const schedule = piecewiseConstant({ boundaries: [2], values: [0.01, 0] });
    await fit(optimizer, scheduleCallback(schedule, optimizer), 2, (weight) => weights.push(weight));
    expect(weights).toHaveLength(4);
    expect(weights[0]).not.toBe(1);
    expect(weights[1]).not.toBe(weights[0]);
    expect(weights[2]).toBe(weights[1]);
    expect(weights[3]).toBe(weights[1]);
  });

  it('counts batches from initialStep, on over several fits', () => {
    const optimizer = { learningRate: 1 };
    const callback = scheduleCallback((t) => t / 10, optimizer, { initialStep: 5 });
    const rates = [0, 1, 0].map((batch) => {
      callback.onBatchBegin!(batch);
      return optimizer.learningRate;
    });
    expect(rates).toEqual([0.5, 0.6, 0.7]);
    expect(Object.keys(callback)).toEqual(['onBatchBegin']);
  });

  it('takes the number of an epoch from fit', async () => {
    const optimizer = tf.train.adam(0.5);
    const rates: number[] = [];
    const schedule = linear({ initialLearningRate: 0.3, endLearningRate: 0.1, totalSteps: 2 });
    const seen = (): unknown => rates.push((optimizer as unknown as { learningRate: number }).learningRate);
    await fit(optimizer, scheduleCallback(schedule, optimizer, { per: 'epoch' }), 3, seen);
    expect(rates).toEqual([0.3, 0.3, 0.2, 0.2, 0.1, 0.1]);
    const resumed = { learningRate: 1 };
    scheduleCallback(schedule, resumed, { per: 'epoch', initialStep: 1 }).onEpochBegin!(0);
    expect(resumed.learningRate).toBe(0.2);
  });

  it('refuses what it cannot work with', () => {
    const schedule = linear({ initialLearningRate: 1, endLearningRate: 0, totalSteps: 2 });
    expect(() => scheduleCallback(schedule, {})).toThrow(
      'scheduleCallback: optimizer must have setLearningRate or a numeric learningRate',
    );
    expect(() => scheduleCallback(0.1 as never, { learningRate: 1 })).toThrow(
      'scheduleCallback: schedule must be a schedule (a function of the step), got 0.1',
    );
    expect(() => scheduleCallback(schedule, { learningRate: 1 }, { per: 'step' as never })).toThrow(
      "scheduleCallback: per must be one of 'batch', 'epoch', got \"step\"",
    );
  });
});

describe('reduceOnPlateauCallback', () => {
  it('starts from the optimizer and follows the logs', () => {
    const optimizer = { learningRate: 0.2 };
    const callback = reduceOnPlateauCallback(optimizer, { factor: 0.5, patience: 1 });
    callback.onTrainBegin();
    const rates = [1, 0.9, 0.9, 0.9, 0.8].map((loss, epoch) => {
      callback.onEpochEnd(epoch, { loss: 0, val_loss: loss });
      return optimizer.learningRate;
    });
    expect(rates).toEqual([0.2, 0.2, 0.2, 0.1, 0.1]);
    expect(callback.plateau.getState()).toEqual({ rate: 0.1, best: 0.8, badReports: 0, cooldownLeft: 0 });
  });

  it('prefers setLearningRate, and gives a rate of its own when training begins', () => {
    const given: number[] = [];
    const optimizer = { learningRate: 7, setLearningRate: (rate: number) => given.push(rate) };
    const callback = reduceOnPlateauCallback(optimizer, {
      learningRate: 0.4,
      monitor: 'acc',
      mode: 'max',
      patience: 0,
    });
    callback.onTrainBegin();
    callback.onEpochEnd(0, { acc: 0.5 });
    callback.onEpochEnd(1, { acc: 0.4 });
    expect(given).toEqual([0.4, 0.4, 0.04000000000000001]);
    expect(optimizer.learningRate).toBe(7);
  });

  it('works in fit', async () => {
    const optimizer = tf.train.sgd(0.01);
    // A falling loss is bad in mode 'max', so that every report but the first halves the rate.
    const options = { monitor: 'loss', mode: 'max', factor: 0.5, patience: 0 } as const;
    const callback = reduceOnPlateauCallback(optimizer, options);
    const rates: number[] = [];
    await fit(optimizer, callback, 3, () =>
      rates.push((optimizer as unknown as { learningRate: number }).learningRate),
    );
    expect(rates).toEqual([0.01, 0.01, 0.01, 0.01, 0.005, 0.005]);
    expect(callback.plateau.learningRate).toBe(0.0025);
  });

  it('says when the metric is not logged', async () => {
    const optimizer = tf.train.sgd(0.01);
    await expect(fit(optimizer, reduceOnPlateauCallback(optimizer), 1)).rejects.toThrow(
      'reduceOnPlateauCallback: monitor must be one of the logged metrics (loss) ' +
        '(val_ metrics need validation data), got "val_loss"',
    );
    const callback = reduceOnPlateauCallback({ learningRate: 1 }, { monitor: 'mse' });
    const start = 'reduceOnPlateauCallback: monitor must be one of the logged metrics';
    expect(() => callback.onEpochEnd(0, { loss: 1, acc: 0 })).toThrow(`${start} (loss, acc), got "mse"`);
    expect(() => callback.onEpochEnd(0)).toThrow(new RangeError(`${start} (none), got "mse"`));
  });

  it('refuses what it cannot work with', () => {
    expect(() => reduceOnPlateauCallback({})).toThrow(
      'reduceOnPlateauCallback: optimizer must have setLearningRate or a numeric learningRate',
    );
    expect(() => reduceOnPlateauCallback({ setLearningRate: () => {} })).toThrow(
      'reduceOnPlateauCallback: learningRate is required and must be in [0, ∞)',
    );
    expect(() => reduceOnPlateauCallback({ learningRate: 1 }, { monitor: 3 as never })).toThrow(
      'reduceOnPlateauCallback: monitor must be a string, got 3',
    );
    expect(() => reduceOnPlateauCallback({ learningRate: 1 }, { factor: 2 })).toThrow(
      'reduceOnPlateauCallback: factor must be in (0, 1), got 2',
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// What is not of the documented form is refused by name, and nothing has changed then.

import { AdamW } from '@optim/adamw';
import {
  atEvaluationPoint,
  checkpoint,
  evaluateAveraged,
  findLearningRate,
  keepBest,
  layerwiseGroups,
  noDecay,
  refreshBatchNorm,
  resume,
  stopOnNonFinite,
  type Resumable,
} from '@optim/callbacks';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import type { StateDict } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { free, network } from './network.js';
import { memoryStore } from './stores.js';

const x = (): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'x'));
const withLoop = async (
  body: (loop: { variables: tf.Variable[]; optimizer: AdamW }) => unknown,
): Promise<void> => {
  const loop = { variables: [x()], optimizer: new AdamW() };
  try {
    await body(loop);
  } finally {
    loop.optimizer.dispose();
    tf.dispose(loop.variables);
  }
};

describe('what is trained', () => {
  it('has an optimizer', () =>
    withLoop(({ variables }) => {
      for (const optimizer of [null, {}, 5])
        expect(() => keepBest({ variables, optimizer } as never)).toThrow(
          /^keepBest: optimizer must be an optimizer, got /,
        );
    }));

  it('has layers with weights', () =>
    withLoop(({ optimizer }) => {
      for (const layers of [[null], [{}], [{ weights: 5 }], [{ weights: [{}] }]]) {
        expect(() => stopOnNonFinite({ layers, optimizer } as never)).toThrow(
          'stopOnNonFinite: must be given a model that is compiled, or { variables, optimizer }, got an object (Object)',
        );
        expect(() => noDecay({ layers } as never)).toThrow(
          'noDecay: model must have layers with weights, got ',
        );
        expect(() => layerwiseGroups({ layers } as never, { learningRate: 1 })).toThrow(
          'layerwiseGroups: model must have layers with weights, got ',
        );
      }
    }));

  it('is a model for what looks into one', () =>
    withLoop(async (loop) => {
      expect(() => evaluateAveraged(loop as never)).toThrow(
        'evaluateAveraged: model must have layers, got an object (Object)',
      );
      await expect(refreshBatchNorm(loop as never, [])).rejects.toThrow(
        'refreshBatchNorm: model must have layers',
      );
      expect(() => atEvaluationPoint(loop, 5 as never)).toThrow(
        'atEvaluationPoint: look must be a function, got 5',
      );
    }));
});

it('reports are numbers', () =>
  withLoop((loop) => {
    const best = keepBest(loop);
    expect(() => best.report(0, '1' as never)).toThrow('keepBest: value must be a number, got "1"');
    expect(() => best.report([] as never, 1)).toThrow('keepBest: epoch must be a number');
    expect(() => best.onEpochEnd(0, { ['a'.repeat(1e5)]: 1 })).toThrow(/^.{100,600}$/);
    expect(best.best).toBeNull();
    expect(() => best.setTensors!([tf.Tensor.prototype])).toThrow(
      'keepBest: tensors must be those of 1 weights, got [an object (Tensor)]',
    );
  }));

it('data are tensors of examples', () =>
  withLoop(async ({ optimizer }) => {
    const xs = tf.ones([4, 2]);
    const model = { optimizer, trainOnBatch: () => Promise.resolve(1) };
    const find = (data: unknown): Promise<unknown> => findLearningRate({ model, data: data as never });
    await expect(find({ xs, ys: 5 })).rejects.toThrow(
      'findLearningRate: ys must be a tensor with a first axis of examples, got 5',
    );
    await expect(find({ xs, ys: xs, batchSize: 0 })).rejects.toThrow(
      'findLearningRate: batchSize must be an integer in [1, ∞), got 0',
    );
    await expect(find([{ xs, ys: null }])).rejects.toThrow(
      'findLearningRate: ys of a batch must be tensors, got null',
    );
    await expect(find({ iterator: () => 5 })).rejects.toThrow(
      'findLearningRate: data must give an iterator with next(), got 5',
    );
    xs.dispose();
  }));

it('a checkpoint that is damaged changes nothing, callbacks neither', () =>
  withLoop(async (loop) => {
    const best = keepBest(loop, { monitor: 'loss' });
    best.report(3, 0.5);
    const store = memoryStore();
    const callbacks = { best };
    await checkpoint(loop, store, { callbacks }).save({ epoch: 1, batch: 0 });
    const good = await store.load((await store.names())[0]!);
    best.report(4, 0.25);
    const refused = async (
      state: unknown,
      message: string,
      more: Record<string, Resumable> = {},
    ): Promise<void> => {
      const damaged = { ...store, load: () => Promise.resolve(state as StateDict) };
      await expect(resume(loop, damaged, { callbacks: { ...callbacks, ...more } })).rejects.toThrow(message);
      expect([best.best, best.epoch, best.getTensors!().length]).toEqual([0.25, 4, 1]);
      expect([...loop.variables[0]!.dataSync()]).toEqual([1, 2]);
    };
    await refused(5, 'resume: the state must be a checkpoint, got 5');
    await refused(
      { ...good, parameters: [5] },
      'Checkpoint: state dict: parameters[0] must be an object, got 5',
    );
    // The state of the optimizer is refused after that of the callback has been taken.
    await refused({ ...good, base: 5 }, 'AdamW: state dict: must be an object, got 5');
    best.dispose();
  }));

it('a method save that throws leaves the model as it was', async () => {
  const model = network(new ScheduleFreeAdamW(), false);
  model.save = () => {
    throw new Error('full');
  };
  const end = evaluateAveraged(model);
  await expect(model.save('x://')).rejects.toThrow('full');
  expect(Object.hasOwn(model, 'getNamedWeights')).toBe(false);
  end();
  free(model);
});

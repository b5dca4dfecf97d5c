// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { atEvaluationPoint, evaluateAveraged, refreshBatchNorm } from '@optim/callbacks';
import { Lookahead } from '@optim/lookahead';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { free, inOrder, network, weightsOf, withData } from './network.js';

const makers: Readonly<Record<string, () => BaseOptimizer>> = {
  Lookahead: () => new Lookahead(new AdamW({ learningRate: 0.05 })),
  ScheduleFreeAdamW: () => new ScheduleFreeAdamW({ learningRate: 0.05 }),
};

const lossOf = (model: tfl.LayersModel, xs: tf.Tensor, ys: tf.Tensor): number => {
  const loss = model.evaluate(xs, ys, { batchSize: 4 }) as tf.Scalar;
  const value = loss.dataSync()[0]!;
  loss.dispose();
  return value;
};

describe.each(Object.entries(makers))('evaluateAveraged with %s', (_name, make) => {
  it('gives fit the val_loss of the evaluation point, and training the same bits as without', () =>
    withData(async ({ xs, ys }) => {
      const fit = { ...inOrder, epochs: 3, validationData: [xs, ys] as [tf.Tensor, tf.Tensor] };
      const plain = network(make());
      await plain.fit(xs, ys, fit);
      const model = network(make());
      const end = evaluateAveraged(model);
      const { history } = await model.fit(xs, ys, fit);
      expect(weightsOf(model)).toEqual(weightsOf(plain));
      const optimizer = plain.optimizer as BaseOptimizer;
      const training = lossOf(plain, xs, ys);
      optimizer.useEvaluationWeights();
      const evaluation = lossOf(plain, xs, ys);
      expect(evaluation).not.toBe(training);
      expect(history['val_loss']!.at(-1)).toBe(evaluation);
      expect(lossOf(model, xs, ys)).toBe(evaluation);
      end();
      expect(lossOf(model, xs, ys)).toBe(training);
      free(plain, model);
    }));

  it('predicts and saves there; saving with the optimizer keeps the training point', () =>
    withData(async ({ xs, ys }) => {
      const model = network(make(), false);
      evaluateAveraged(model);
      await model.fit(xs, ys, { ...inOrder, epochs: 1 });
      const training = weightsOf(model);
      const there = atEvaluationPoint(model, () => weightsOf(model));
      expect(there).not.toEqual(training);
      const saved = async (config?: { includeOptimizer: boolean }): Promise<number[]> => {
        let data: ArrayBuffer | undefined;
        const handler = tf.io.withSaveHandler((artifacts) => {
          data = artifacts.weightData as ArrayBuffer;
          return Promise.resolve({
            modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
          });
        });
        await model.save(handler, config);
        return [...new Float32Array(data!).slice(0, 13)];
      };
      expect(await saved()).toEqual(there.flat());
      expect(await saved({ includeOptimizer: true })).toEqual(training.flat());
      const predicted = model.predict(xs) as tf.Tensor;
      expect(weightsOf(model)).toEqual(training);
      (model.optimizer as BaseOptimizer).useEvaluationWeights();
      const again = model.predict(xs) as tf.Tensor;
      expect(predicted.dataSync()).toEqual(again.dataSync());
      tf.dispose([predicted, again]);
      free(model);
    }));
});

it('changes nothing with an optimizer of one point', () =>
  withData(async ({ xs, ys }) => {
    for (const optimizer of [new AdamW(), tf.train.adam()]) {
      const model = network(optimizer, false);
      const before = lossOf(model, xs, ys);
      evaluateAveraged(model);
      expect(lossOf(model, xs, ys)).toBe(before);
      free(model);
    }
  }));

it('comes back where looking fails', () => {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1])));
  const optimizer = new ScheduleFreeAdamW({ learningRate: 0.1 });
  for (let i = 0; i < 3; i++) tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d([1]) }));
  const before = variable.dataSync().slice();
  const look = (): never => {
    expect(variable.dataSync()).not.toEqual(before);
    throw new Error('blind');
  };
  expect(() => atEvaluationPoint({ variables: [variable], optimizer }, look)).toThrow('blind');
  expect(variable.dataSync()).toEqual(before);
  expect(optimizer.atEvaluationPoint).toBe(false);
  optimizer.dispose();
  variable.dispose();
});

describe.each(Object.entries(makers))('looks that wait, with %s', (_name, make) => {
  const trained = async (xs: tf.Tensor, ys: tf.Tensor): Promise<tfl.Sequential> => {
    const model = network(make(), false);
    await model.fit(xs, ys, { ...inOrder, epochs: 1 });
    return model;
  };
  /** A look that sees the weights when it is told to. */
  const slow = (model: tfl.LayersModel): { seen: Promise<number[][]>; now: () => void } => {
    let now!: () => void;
    const told = new Promise<void>((resolve) => (now = resolve));
    return { seen: atEvaluationPoint(model, () => told.then(() => weightsOf(model))), now };
  };

  it('see one point, however many there are', () =>
    withData(async ({ xs, ys }) => {
      const model = await trained(xs, ys);
      const training = weightsOf(model);
      const there = atEvaluationPoint(model, () => weightsOf(model));
      const [first, second] = [slow(model), slow(model)];
      first.now();
      expect(await first.seen).toEqual(there);
      second.now();
      expect(await second.seen).toEqual(there);
      expect(weightsOf(model)).toEqual(training);
      free(model);
    }));

  it('give the weights back when the optimizer is gone; steps made since somebody else did so stay', () =>
    withData(async ({ xs, ys }) => {
      const model = await trained(xs, ys);
      const optimizer = model.optimizer as BaseOptimizer;
      const first = slow(model);
      optimizer.useTrainingWeights();
      await model.trainOnBatch(xs, ys);
      const further = weightsOf(model);
      first.now();
      await first.seen;
      expect(weightsOf(model)).toEqual(further);
      const second = slow(model);
      optimizer.dispose();
      second.now();
      await expect(second.seen).rejects.toThrow('the optimizer was disposed');
      expect(weightsOf(model)).toEqual(further);
      model.dispose();
    }));
});

describe('refreshBatchNorm', () => {
  /** A network that is a layer of batch normalization. */
  const normalizing = (): tfl.Sequential => {
    const model = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [2] })] });
    model.compile({ optimizer: new AdamW(), loss: 'meanSquaredError' });
    return model;
  };
  const mean = (all: number[]): number => all.reduce((sum, x) => sum + x, 0) / all.length;

  it('averages the statistics of batches over all examples', async () => {
    const rows = [1, 2, 3, 4, 10, 20].map((x) => [x, -x]);
    const model = normalizing();
    const xs = tf.tensor2d(rows);
    expect(await refreshBatchNorm(model, { xs, batchSize: 4 })).toBe(1);
    const [, , means, variances] = weightsOf(model);
    const parts = [rows.slice(0, 4), rows.slice(4)].map((part) => part.map(([x]) => x!));
    const variance = (all: number[]): number => mean(all.map((x) => (x - mean(all)) ** 2));
    expect(means![0]).toBeCloseTo(40 / 6, 5);
    expect(means![1]).toBeCloseTo(-40 / 6, 5);
    expect(variances![0]).toBeCloseTo((4 * variance(parts[0]!) + 2 * variance(parts[1]!)) / 6, 4);
    // Batches of other forms give the same.
    const before = weightsOf(model);
    const batches = (): tf.Tensor[] => [tf.slice(xs, 0, 4), tf.slice(xs, 4, 2)];
    const own = batches();
    await refreshBatchNorm(model, own);
    expect(weightsOf(model)).toEqual(before);
    const made = batches().map((value) => ({ value: { xs: value, ys: tf.scalar(0) }, done: false }));
    const next = (): Promise<IteratorResult<unknown>> =>
      Promise.resolve(made.shift() ?? { value: undefined, done: true });
    await refreshBatchNorm(model, { iterator: () => Promise.resolve({ next }) });
    expect(weightsOf(model)).toEqual(before);
    tf.dispose([xs, ...own]);
    free(model);
  });

  it('leaves the model as it was until all batches are seen, and says so when it is disposed', async () => {
    const model = normalizing();
    const before = weightsOf(model);
    const xs = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const between: number[][][] = [];
    async function* batches(last?: () => void): AsyncGenerator<tf.Tensor> {
      yield xs;
      await Promise.resolve();
      between.push(weightsOf(model));
      last?.();
      yield xs;
    }
    await refreshBatchNorm(model, batches());
    expect(between).toEqual([before]);
    expect(weightsOf(model)[2]).toEqual([2, 3]);
    const gone = refreshBatchNorm(
      model,
      batches(() => free(model)),
    );
    await expect(gone).rejects.toThrow('refreshBatchNorm: the model was disposed while data were awaited');
    xs.dispose();
  });

  it('leaves everything as it was where it is refused', async () => {
    const model = normalizing();
    const before = weightsOf(model);
    await expect(refreshBatchNorm(model, [])).rejects.toThrow(
      new RangeError('refreshBatchNorm: data must have at least one batch, got none'),
    );
    await expect(refreshBatchNorm(model, 5 as never)).rejects.toThrow(
      'refreshBatchNorm: data must be { xs, ys }, an iterable of batches or a data set, got 5',
    );
    const [right, wrong] = [tf.ones([4, 2]), tf.ones([4, 3])];
    await expect(refreshBatchNorm(model, [right, wrong])).rejects.toThrow('shape');
    expect(weightsOf(model)).toEqual(before);
    expect((model.layers[0] as unknown as { momentum: number }).momentum).toBe(0.99);
    tf.dispose([right, wrong]);
    free(model);
  });

  it('of a model that is seen at the evaluation point is that of this point', () =>
    withData(async ({ xs, ys }) => {
      const model = network(new ScheduleFreeAdamW({ learningRate: 0.05 }));
      evaluateAveraged(model);
      await model.fit(xs, ys, { ...inOrder, epochs: 2 });
      const training = weightsOf(model);
      await refreshBatchNorm(model, { xs });
      const statistics = weightsOf(model).slice(-2);
      expect(weightsOf(model).slice(0, -2)).toEqual(training.slice(0, -2));
      (model.optimizer as BaseOptimizer).useEvaluationWeights();
      await refreshBatchNorm(model, { xs });
      expect(weightsOf(model).slice(-2)).toEqual(statistics);
      free(model);
    }));
});

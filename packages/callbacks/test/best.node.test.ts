// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { earlyStopping, evaluateAveraged, keepBest, stopOnNonFinite } from '@optim/callbacks';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { free, inOrder, network, weightsOf, withData } from './network.js';

/** A variable that a step of rate 1 along the gradient −1 makes larger by one. */
function loop(): { variables: tf.Variable[]; optimizer: SGDW; step: () => void; value: () => number } {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([0])));
  const optimizer = new SGDW({ learningRate: 1, momentum: 0, weightDecay: 0 });
  const step = (): void => tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d([-1]) }));
  return { variables: [variable], optimizer, step, value: () => variable.dataSync()[0]! };
}

describe('keepBest', () => {
  it('gives back the weights of the best epoch, whatever came after', () => {
    const { step, value, ...training } = loop();
    const best = keepBest(training, { monitor: 'loss' });
    [3, 1, 2, NaN, 1].forEach((loss, epoch) => {
      step();
      best.onEpochEnd(epoch, { loss });
    });
    expect([best.best, best.epoch, value()]).toEqual([1, 1, 5]);
    best.onTrainEnd();
    expect(value()).toBe(2);
    // Freed: what is trained next begins anew.
    expect(best.best).toBeNull();
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });

  it('goes by the name of the metric, or by mode, and by minDelta', () => {
    const training = loop();
    const of = (options: object, values: number[]): number | null => {
      const best = keepBest(training, options);
      values.forEach((value, epoch) => best.report(epoch, value));
      best.dispose();
      return best.best;
    };
    expect(of({ monitor: 'val_acc' }, [0.1, 0.9, 0.5])).toBe(0.9);
    expect(of({ monitor: 'val_loss' }, [0.1, 0.9, 0.5])).toBe(0.1);
    expect(of({ monitor: 'score', mode: 'max' }, [0.1, 0.9, 0.5])).toBe(0.9);
    expect(of({ monitor: 'loss', minDelta: 0.25 }, [1, 0.8, 0.5])).toBe(0.5);
    expect(of({ monitor: 'loss', minDelta: 0.25 }, [1, 0.8])).toBe(1);
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });

  it('in fit brings the network back to its best epoch', () =>
    withData(async ({ xs, ys }) => {
      const model = network(new AdamW({ learningRate: 0.1 }));
      const seen: number[][][] = [];
      const callbacks = [
        keepBest(model, { monitor: 'loss', mode: 'max' }),
        { onEpochEnd: () => void seen.push(weightsOf(model)) },
      ];
      const { history } = await model.fit(xs, ys, { ...inOrder, epochs: 4, callbacks });
      const losses = history['loss'] as number[];
      const best = losses.indexOf(Math.max(...losses));
      expect(best).toBeLessThan(3);
      expect(weightsOf(model)).toEqual(seen[best]);
      free(model);
    }));

  it('keeps the evaluation point of a model that is seen there, and the optimizer says so', () =>
    withData(async ({ xs, ys }) => {
      const optimizer = new ScheduleFreeAdamW({ learningRate: 0.05 });
      const model = network(optimizer, false);
      evaluateAveraged(model);
      const best = keepBest(model, { monitor: 'val_loss' });
      const { history } = await model.fit(xs, ys, {
        ...inOrder,
        epochs: 3,
        validationData: [xs, ys],
        callbacks: best,
      });
      expect(optimizer.atEvaluationPoint).toBe(true);
      const loss = model.evaluate(xs, ys, { batchSize: 4 }) as tf.Scalar;
      expect(loss.dataSync()[0]).toBe(Math.min(...(history['val_loss'] as number[])));
      loss.dispose();
      free(model);
    }));

  it('says what is wrong', () => {
    const training = loop();
    expect(() => keepBest({} as never)).toThrow(
      new TypeError(
        'keepBest: must be given a model that is compiled, or { variables, optimizer }, got an object (Object)',
      ),
    );
    expect(() => keepBest(training, { minDelta: -1 })).toThrow(
      new RangeError('keepBest: minDelta must be in [0, ∞), got -1'),
    );
    expect(() => keepBest(training).onEpochEnd(0, { loss: 1 })).toThrow(
      new RangeError(
        'keepBest: monitor must be one of the logged metrics (loss) (val_ metrics need validation data), got "val_loss"',
      ),
    );
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });
});

describe('earlyStopping', () => {
  it('ends after as many epochs without improvement as patience says, and restores', () => {
    const { step, value, ...training } = loop();
    const stopping = earlyStopping(training, { monitor: 'loss', patience: 2, restoreBestWeights: true });
    const ends = [3, 1, 2, 0.5, 0.6, 0.7, 0.1].map((loss, epoch) => {
      step();
      return stopping.report(epoch, loss);
    });
    expect(ends.slice(0, 6)).toEqual([false, false, false, false, false, true]);
    expect(stopping.best).toBe(0.1);
    stopping.onTrainEnd();
    expect(value()).toBe(7);
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });

  it('goes on from its state, weights included, as if nothing had been between', () => {
    const losses = [3, 1, 2, 2, 2, 2];
    const run = (breaks: boolean): [number | null, number] => {
      const { step, value, ...training } = loop();
      const make = (): ReturnType<typeof earlyStopping> =>
        earlyStopping(training, { monitor: 'loss', patience: 3, restoreBestWeights: true });
      let stopping = make();
      losses.forEach((loss, epoch) => {
        step();
        if (stopping.stoppedEpoch === null) stopping.report(epoch, loss);
        if (!breaks || epoch !== 2) return;
        const state = JSON.parse(JSON.stringify(stopping.getState())) as never;
        const next = make();
        next.setState(state);
        next.setTensors!(stopping.getTensors!());
        stopping.dispose();
        stopping = next;
      });
      const { stoppedEpoch } = stopping;
      stopping.onTrainEnd();
      const found = value();
      tf.dispose(training.variables);
      training.optimizer.dispose();
      return [stoppedEpoch, found];
    };
    expect(run(false)).toEqual([4, 2]);
    expect(run(true)).toEqual([4, 2]);

    const training = loop();
    const stopping = earlyStopping(training, { monitor: 'loss' });
    const state = { ...(stopping.getState() as object), kept: { best: 1 } };
    // Its own name, not that of what it keeps weights with.
    expect(() => stopping.setState(state as never)).toThrow('earlyStopping: kept state: epoch is required');
    expect(() => stopping.setTensors!([5] as never)).toThrow('earlyStopping: kept: tensors must be those of');
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });

  it('ends fit and fits what tf.callbacks.earlyStopping refuses', () =>
    withData(async ({ xs, ys }) => {
      const model = network(new AdamW({ learningRate: 0.5 }));
      const callbacks = earlyStopping(model, { monitor: 'loss', patience: 2, restoreBestWeights: true });
      const { epoch, history } = await model.fit(xs, ys, { ...inOrder, epochs: 50, callbacks });
      expect(callbacks.stoppedEpoch).toBe(epoch.at(-1));
      expect(epoch.length).toBeLessThan(50);
      const losses = history['loss'] as number[];
      expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 3);
      free(model);
    }));
});

describe('stopOnNonFinite', () => {
  it('ends after so many in a row', () => {
    const training = loop();
    const stopping = stopOnNonFinite(training, { after: 2 });
    expect([NaN, 1, Infinity, NaN].map((loss) => stopping.report(loss))).toEqual([false, false, false, true]);
    tf.dispose(training.variables);
    training.optimizer.dispose();
  });

  it('ends fit within the epoch', () =>
    withData(async ({ xs, ys }) => {
      const model = network(new SGDW({ learningRate: 1e30 }), false);
      const stopping = stopOnNonFinite(model, { after: 2 });
      const batches: number[] = [];
      const counting = { onBatchEnd: (batch: number) => void batches.push(batch) };
      await model.fit(xs, ys, { ...inOrder, epochs: 3, callbacks: [stopping, counting] });
      expect(stopping.stopped).toBe(true);
      expect(batches.length).toBeLessThan(12);
      free(model);
    }));
});

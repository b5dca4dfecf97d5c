// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { checkpoint, earlyStopping, keepBest, resume } from '@optim/callbacks';
import { Lookahead } from '@optim/lookahead';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import { linear } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { free, inOrder, network, weightsOf, withData, type Data } from './network.js';
import { memoryStore } from './stores.js';

/** A data set of the batches from `first` on, as far as `fitDataset` looks at it; it disposes what it is given. */
function dataset({ xs, ys }: Data, first = 0): Parameters<tfl.LayersModel['fitDataset']>[0] {
  const iterator = (): unknown => {
    let at = first;
    const next = (): unknown => {
      const begin = 4 * at++;
      if (begin >= 16) return { value: null, done: true };
      return { value: { xs: tf.slice(xs, begin, 4), ys: tf.slice(ys, begin, 4) }, done: false };
    };
    return { next: () => Promise.resolve(next()) };
  };
  return { iterator: () => Promise.resolve(iterator()) } as unknown as ReturnType<typeof dataset>;
}

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  AdamW: () => {
    const learningRate = linear({ initialLearningRate: 0.1, endLearningRate: 0, totalSteps: 30 });
    return new AdamW({ learningRate });
  },
  'Lookahead of AdamW': () => new Lookahead(new AdamW({ learningRate: 0.05 }), { k: 3 }),
  ScheduleFreeAdamW: () => new ScheduleFreeAdamW({ learningRate: 0.05 }),
  'tf.train.rmsprop': () => tf.train.rmsprop(0.01),
};

describe.each(Object.entries(optimizers))('a training with %s', (_name, make) => {
  it('goes on bit for bit from what there is after any batch', () =>
    withData(async (data) => {
      const fit = { epochs: 2, verbose: 0 as const, yieldEvery: 'never' as const };
      const store = memoryStore();
      const whole = network(make());
      const found: ReturnType<typeof memoryStore>[] = [];
      const callbacks = [
        checkpoint(whole, store, { per: 'batch' }),
        { onBatchEnd: () => void found.push(memoryStore(store.kept)) },
      ];
      await whole.fitDataset(dataset(data), { ...fit, callbacks });
      for (const batches of [1, 4, 6]) {
        const model = network(make());
        const at = (await resume(model, found[batches - 1]!))!;
        expect([at.epoch, at.batch]).toEqual([Math.floor((batches - 1) / 4), ((batches - 1) % 4) + 1]);
        const rest = { ...fit, initialEpoch: at.epoch, epochs: at.epoch + 1 };
        if (at.batch < 4) await model.fitDataset(dataset(data, at.batch), rest);
        await model.fitDataset(dataset(data), { ...fit, initialEpoch: at.epoch + 1 });
        expect(weightsOf(model)).toEqual(weightsOf(whole));
        expect(model.optimizer.iterations).toBe(8);
        free(model);
      }
      free(whole);
    }));
});

it('keeps the newest, and the best by a metric, also over a resume', () =>
  withData(async ({ xs, ys }) => {
    const store = memoryStore();
    const model = network(new AdamW({ learningRate: 0.05 }));
    const losses = [5, 1, 4, 3, 2, 0.5];
    const scripted = {
      onEpochEnd: (epoch: number, logs?: Record<string, number>) =>
        void Object.assign(logs!, { score: losses[epoch]! }),
    };
    const run = async (initialEpoch: number, epochs: number): Promise<void> => {
      const saving = checkpoint(model, store, { keep: 2, monitor: 'score', mode: 'min' });
      await model.fit(xs, ys, { ...inOrder, initialEpoch, epochs, callbacks: [scripted, saving] });
    };
    await run(0, 4);
    const steps = (): number[] =>
      [...store.kept.keys()].map((name) => Number(name.slice(5))).sort((a, b) => a - b);
    expect(steps()).toEqual([8, 12, 16]);
    expect(await resume(model, store)).toEqual({ epoch: 4, batch: 0 });
    await run(4, 5);
    expect(steps()).toEqual([8, 16, 20]);
    expect(await resume(model, store, { which: 'best' })).toEqual({ epoch: 2, batch: 0 });
    expect(model.optimizer.iterations).toBe(8);
    await expect(run(2, 3)).rejects.toThrow(
      new RangeError(
        'checkpoint: store must have none of a later step than step-0000000008; resume from step-0000000016, or take an empty store',
      ),
    );
    await resume(model, store);
    await run(5, 6);
    expect(steps()).toEqual([20, 24]);
    free(model);
  }));

it('saves what callbacks know, with the weights they keep', () =>
  withData(async ({ xs, ys }) => {
    const store = memoryStore();
    const make = (): {
      model: tfl.Sequential;
      best: ReturnType<typeof keepBest>;
      early: ReturnType<typeof earlyStopping>;
    } => {
      const model = network(new AdamW({ learningRate: 0.05 }));
      const best = keepBest(model, { monitor: 'loss', mode: 'max' });
      return { model, best, early: earlyStopping(model, { monitor: 'loss', patience: 9 }) };
    };
    const first = make();
    const { best, early } = first;
    const saving = checkpoint(first.model, store, { callbacks: { best, early } });
    // Ends at the second epoch as if it were killed there: without the end of training, which restores.
    const fit = { ...inOrder, epochs: 1 };
    for (const initialEpoch of [0, 1]) {
      const { history } = await first.model.fit(xs, ys, { ...fit, initialEpoch, epochs: initialEpoch + 1 });
      const logs = { loss: history['loss']![0] as number };
      best.onEpochEnd(initialEpoch, logs);
      early.onEpochEnd(initialEpoch, logs);
      await saving.onEpochEnd(initialEpoch, logs);
    }
    const second = make();
    await resume(second.model, store, { callbacks: { best: second.best, early: second.early } });
    expect(second.best.best).toBe(best.best);
    expect(second.best.epoch).toBe(0);
    expect(second.early.best).toBe(early.best);
    expect(second.early.getState()).toEqual(early.getState());
    for (const each of [best, second.best]) {
      expect(each.restore()).toBe(true);
      each.dispose();
    }
    expect(weightsOf(second.model)).toEqual(weightsOf(first.model));
    free(first.model, second.model);
  }));

it('is of the moment of the call, however many are saved at once', () => {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const optimizer = new AdamW({ learningRate: 0.1 });
  const training = { variables: [variable], optimizer };
  const step = (): void => tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d([1, -1]) }));
  const store = memoryStore();
  const saving = checkpoint(training, store, { keep: 5 });
  const values: number[][] = [];
  const pending = [1, 2, 3].map((epoch) => {
    step();
    values.push([...variable.dataSync()]);
    return saving.save({ epoch, batch: 0 });
  });
  step();
  return Promise.all(pending).then(async (names) => {
    for (const [i, name] of names.entries()) {
      const { step, parameters } = await store.load(name);
      expect(step).toBe(i + 1);
      expect([...parameters[0]!.slots['value']!.data]).toEqual(values[i]);
    }
    optimizer.dispose();
    variable.dispose();
  });
});

describe('resume', () => {
  it('gives null for an empty store', async () => {
    const model = network(new AdamW());
    expect(await resume(model, memoryStore())).toBeNull();
    free(model);
  });

  it('refuses what does not fit, and changes nothing', async () => {
    const store = memoryStore();
    const model = network(new AdamW());
    await checkpoint(model, store).save({ epoch: 3, batch: 1 });
    const other = network(new AdamW(), false);
    await expect(resume(other, store)).rejects.toThrow(
      new RangeError('resume: the model must have 8 weights, got 4'),
    );
    const lookahead = network(new Lookahead(new AdamW()));
    const before = weightsOf(lookahead);
    await expect(resume(lookahead, store)).rejects.toThrow(/^Lookahead: state dict/);
    expect(weightsOf(lookahead)).toEqual(before);
    await expect(resume(model, store, { callbacks: { best: keepBest(model) } })).rejects.toThrow(
      new RangeError('resume: callbacks must be among those saved (none), got "best"'),
    );
    await expect(resume(model, {} as never)).rejects.toThrow(
      new TypeError('resume: store must have save, load, names and remove, got an object (Object)'),
    );
    expect(() => checkpoint(model, store, { callbacks: { best: 1 as never } })).toThrow(
      new TypeError(
        'checkpoint: callbacks must be an object of what has getState and setState, by name, got an object (Object)',
      ),
    );
    free(model, other, lookahead);
  });
});

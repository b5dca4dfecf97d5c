// SPDX-License-Identifier: Apache-2.0
// Checkpoints in the database of a browser.

import { AdamW } from '@optim/adamw';
import { checkpoint, indexedDBStore, resume } from '@optim/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stateOf } from './saving-forever.js';

const removed = (database: string): Promise<void> =>
  new Promise((resolve) => indexedDB.deleteDatabase(database).addEventListener('success', () => resolve()));

it('keeps a training, which goes on bit for bit', async () => {
  const make = (): { variables: tf.Variable[]; optimizer: AdamW; step(): void } => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, 3])));
    const optimizer = new AdamW({ learningRate: 0.1 });
    const step = (): void =>
      tf.tidy(() => {
        const gradient = tf.tensor1d([1, -1, optimizer.iterations]);
        optimizer.applyGradients({ [variable.name]: gradient });
      });
    return { variables: [variable], optimizer, step };
  };
  const store = indexedDBStore('training');
  const [whole, resumed] = [make(), make()];
  expect(await resume(whole, store)).toBeNull();
  const saving = checkpoint(whole, store, { keep: 1 });
  for (let epoch = 1; epoch <= 3; epoch++) {
    whole.step();
    await saving.save({ epoch, batch: 0 });
  }
  expect(await store.names()).toEqual(['step-0000000003']);
  expect(await resume(resumed, indexedDBStore('training'))).toEqual({ epoch: 3, batch: 0 });
  for (const each of [whole, resumed]) each.step();
  expect(await resumed.variables[0]!.data()).toEqual(await whole.variables[0]!.data());
  await store.remove('step-0000000003');
  await expect(store.load('step-0000000003')).rejects.toThrow(
    new RangeError('indexedDBStore: there is no state under "step-0000000003"'),
  );
  for (const { variables, optimizer } of [whole, resumed]) {
    tf.dispose(variables);
    optimizer.dispose();
  }
  await removed('training');
});

it('has a whole state whenever the page ends', async () => {
  const ended = async (after: number): Promise<void> => {
    const database = `saving ${after}`;
    const worker = new Worker(new URL('saving-forever.ts', import.meta.url), {
      type: 'module',
      name: database,
    });
    let done = 0;
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<number>) => {
        done = data;
        resolve();
      });
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    });
    await new Promise((resolve) => setTimeout(resolve, after));
    worker.terminate();
    const state = await indexedDBStore(database).load('state');
    expect([done, done + 1]).toContain(state.step);
    expect(state).toEqual(stateOf(state.step));
    await removed(database);
  };
  await Promise.all([2, 9].map(ended));
});

// SPDX-License-Identifier: Apache-2.0
// Trainings whose process is killed, in files.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkpoint, indexedDBStore, resume } from '@optim/callbacks';
import { fileStore } from '@optim/callbacks/node';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { trainingOf } from './training-forever.js';

const free = ({ variables, optimizer }: ReturnType<typeof trainingOf>): void => {
  tf.dispose([...variables]);
  optimizer.dispose();
};

it(
  'goes on bit for bit from wherever the process was killed, again and again',
  { timeout: 60_000 },
  async () => {
    const parent = await mkdtemp(join(tmpdir(), 'optim-kill-'));
    const folder = join(parent, 'training'); // is made
    const script = fileURLToPath(new URL('training-forever.ts', import.meta.url));
    let done = 0;
    // While a file is written, takes its name, or the old one is removed.
    for (const after of [3, 11]) {
      const options = { execArgv: ['--import', 'tsx', '--conditions=@optim/source'], silent: true };
      const child = fork(script, [folder], options);
      child.on('message', (step: number) => (done = step));
      await once(child, 'message');
      await setTimeout(after);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const training = trainingOf(50_000);
    const { batch } = (await resume(training, fileStore(folder)))!;
    // What was reported as saved is there, and at most the step that was being saved.
    expect([done, done + 1]).toContain(batch);
    const whole = trainingOf(50_000);
    for (let i = 0; i < batch; i++) whole.step();
    for (const each of [training, whole]) each.step();
    expect(training.variables[0]!.dataSync()).toEqual(whole.variables[0]!.dataSync());
    const store = fileStore(folder);
    await checkpoint(training, store).save({ epoch: 1, batch: 0 });
    expect((await store.names()).length).toBe(2);
    for (const each of [training, whole]) free(each);
    await rm(parent, { recursive: true });
  },
);

it('takes other files for what they are, and says what is wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'optim-store-'));
  const store = fileStore(folder);
  expect(await store.names()).toEqual([]);
  expect(await fileStore(join(folder, 'none')).names()).toEqual([]);
  await writeFile(join(folder, 'notes.txt'), '');
  await writeFile(join(folder, 'other.safetensors'), '');
  const training = trainingOf(3);
  expect(await resume(training, store)).toBeNull();
  await checkpoint(training, store).save({ epoch: 0, batch: 0 });
  await store.remove('none');
  expect((await readdir(folder)).sort()).toEqual([
    'notes.txt',
    'other.safetensors',
    'step-0000000000.safetensors',
  ]);
  expect(() => fileStore(5 as never)).toThrow(new TypeError('fileStore: folder must be a path, got 5'));
  expect(() => indexedDBStore('x')).toThrow(
    new TypeError(
      'indexedDBStore: there is no IndexedDB here; in Node take fileStore of @optim/callbacks/node',
    ),
  );
  free(training);
  await rm(folder, { recursive: true });
});

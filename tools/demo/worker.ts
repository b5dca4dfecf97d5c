// SPDX-License-Identifier: Apache-2.0
// One of the processes that train together: its share of the digits, an AdamW of its own, and rounds.

import { AdamW } from '@optim/adamw';
import { distributedRounds, type RoundReport } from '@optim/distributed';
import { cosineAnnealing } from '@optim/schedules';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import { connectTo } from '../../packages/distributed/test/broker.js';
import { loadDigits } from '../digits/digits.js';
import { network } from '../digits/training.js';

/** What a worker is told, by its environment. */
export interface Task {
  readonly name: string;
  /** Which share of the digits is its own. */
  readonly share: number;
  readonly workers: number;
  readonly port: number;
  readonly backend: string;
  readonly rounds: number;
  readonly localSteps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly counts: { readonly train: number; readonly test: number };
}

/** What a worker tells: a round, and at the end how many of the test digits it recognizes. */
export type Told = { readonly report: RoundReport } | { readonly accuracy: number; readonly hash: string };

const variable = 'OPTIM_DEMO_WORKER';

/** The highest learning rate of AdamW, here and in one process. */
export const peak = 0.01;

/**
 * The outer optimizer. DiLoCo's momentum is 0.9, for rounds of 500 steps: seven times the average change in the long run. For
 * rounds as short as here that is too far, and 0.5, or 1.4 times, ends a point higher.
 */
export const outer = { learningRate: 0.7, momentum: 0.5 };

/** The environment of a worker with this task. */
export function environmentOf(task: Task): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: JSON.stringify(task) };
}

/** Whether this process is a worker. */
export function isWorker(): boolean {
  return process.env[variable] !== undefined;
}

/** Does the task of this process. */
export async function work(): Promise<void> {
  const task = JSON.parse(process.env[variable]!) as Task;
  const { name, share, workers, rounds: last, localSteps, batchSize, seed } = task;
  const tell = (told: Told): void => void process.send!(told);
  await tf.setBackend(task.backend);
  const digits = loadDigits(seed, task.counts);
  const own = Math.floor(task.counts.train / workers);
  const model = network(seed);
  const optimizer = new AdamW();
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const connection = await connectTo(task.port);
  const rounds = await distributedRounds({
    connection,
    run: 'digits',
    worker: name,
    optimizer,
    outer: new SGDW({ ...outer, nesterov: true }),
    model,
    localSteps,
    quorum: Math.max(1, workers - 1),
    timeout: 10_000,
    onRound: (report) => tell({ report }),
  });
  const rate = cosineAnnealing({ maxLearningRate: peak, totalSteps: last * localSteps });
  for (let within = 0; rounds.round < last;) {
    // Whoever comes back goes on where the others are.
    const step = rounds.round * localSteps + within;
    optimizer.learningRate = rate(step);
    const at = share * own + ((step * batchSize) % (own - batchSize + 1));
    const [images, labels] = [digits.train.images, digits.train.labels].map((each) =>
      tf.slice(each, [at, 0], [batchSize, -1]),
    );
    await model.trainOnBatch(images!, labels!);
    tf.dispose([images!, labels!]);
    within = (await rounds.step()) ? 0 : within + 1;
  }
  const scores = model.evaluate(digits.test.images, digits.test.labels) as tf.Scalar[];
  tell({ accuracy: (await scores[1]!.data())[0]!, hash: rounds.hash });
  await rounds.close();
  await connection.close();
  process.disconnect!();
}

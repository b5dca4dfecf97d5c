// SPDX-License-Identifier: Apache-2.0
// `npm run demo -- --workers 3`: DiLoCo over a NATS server in as many processes, one of which is killed in the middle and comes
// back, against one process that sees as many digits as all of them, and one that sees as many as each of them.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdamW } from '@optim/adamw';
import type { RoundReport } from '@optim/distributed';
import { cosineAnnealing } from '@optim/schedules';
import * as tf from '@tensorflow/tfjs-core';
import { Broker, lacking } from '../../packages/distributed/test/broker.js';
import { loadDigits, type Digits } from '../digits/digits.js';
import { stepsPerEpoch, trainNetwork, type Training } from '../digits/training.js';
import type { Options } from './options.js';
import type { Screen } from './progress.js';
import { percent } from './table.js';
import { environmentOf, outer, peak, type Task, type Told } from './worker.js';

const seed = 1;
const localSteps = 10;

/** What came of it. */
export interface Comparison {
  /** Test accuracy of all processes together. */
  readonly together: number;
  /** Of one alone that saw as many digits as all of them, and of one that saw as many as each of them. */
  readonly alone: number;
  readonly one: number;
  /** What the first worker reported. */
  readonly reports: readonly RoundReport[];
  /** Fingerprints of the final states. */
  readonly hashes: readonly string[];
}

/** Trains in several processes and in one. */
export async function demoOfRounds(
  { workers, epochs, batchSize, backend }: Options,
  screen: Screen,
  counts: { train: number; test: number } = { train: 8000, test: 2000 },
): Promise<Comparison> {
  const missing = lacking();
  if (missing !== undefined) throw new Error(`--workers needs ${missing}`);
  await tf.setBackend(backend);
  const digits = loadDigits(seed, counts);
  const training = { epochs, batchSize, seed };
  const steps = epochs * stepsPerEpoch(digits.train, training);
  const rounds = Math.max(4, Math.round(steps / localSteps));
  // A step of all together takes as many digits as one of a process alone.
  const own = { ...training, batchSize: Math.max(1, Math.floor(batchSize / workers)) };
  screen.write(
    `MNIST: ${counts.train} digits to train with, ${counts.test} to test, in ${workers} processes of backend ${backend}\n` +
      `DiLoCo: ${rounds} rounds of ${localSteps} steps of AdamW with ${own.batchSize} digits each; outer SGD of rate ${outer.learningRate} with Nesterov momentum ${outer.momentum}\n\n`,
  );
  const broker = await Broker.start();
  const all = new Set<ChildProcess>();
  try {
    const common = {
      workers,
      port: broker.port,
      backend,
      rounds,
      localSteps,
      batchSize: own.batchSize,
      seed,
      counts,
    };
    const start = (share: number, onTold: (told: Told) => void = () => {}): Promise<Told> => {
      const task: Task = { ...common, share, name: `worker-${share + 1}` };
      const child = fork(process.argv[1]!, { env: environmentOf(task) });
      all.add(child);
      let last: Told | undefined;
      child.on('message', (told: Told) => onTold((last = told)));
      return once(child, 'exit').then(([code, signal]) => {
        all.delete(child);
        if (code === 0 && last && 'accuracy' in last) return last;
        if (signal === 'SIGKILL' && last) return last;
        throw new Error(`${task.name} ended with ${signal ?? `code ${code}`}`);
      });
    };

    const reports: RoundReport[] = [];
    const ended: Promise<Told>[] = [];
    ended.push(
      start(0, (told) => {
        if (!('report' in told)) return;
        const before = reports.at(-1)?.workers.length;
        reports.push(told.report);
        if (told.report.round % 10 === 9 || told.report.workers.length !== before)
          screen.write(`${line(told.report, rounds, workers)}\n`);
      }),
    );
    for (let share = 1; share < workers - 1; share++) ended.push(start(share));
    if (workers > 1) {
      const last = workers - 1;
      const killed = start(last, (told) => {
        if (!('report' in told) || told.report.round !== Math.floor(rounds / 2) - 1) return;
        screen.write(`worker-${workers} is killed\n`);
        [...all].at(-1)!.kill('SIGKILL');
      });
      ended.push(
        killed.then(async () => {
          await sleep(500);
          screen.write(`worker-${workers} comes back\n`);
          return start(last);
        }),
      );
    }
    const results = (await Promise.all(ended)).filter((told) => 'accuracy' in told);
    const hashes = results.map(({ hash }) => hash);

    const alone = await accuracyOf(digits, training);
    const one = await accuracyOf(digits, { ...own, epochs: Math.max(1, Math.round(epochs / workers)) });
    const together = results[0]!.accuracy;
    const comparison = { together, alone, one, reports, hashes };
    screen.write(summary(comparison, [batchSize, own.batchSize], steps));
    return comparison;
  } finally {
    for (const child of all) child.kill('SIGKILL');
    await broker.stop();
    for (const { images, labels } of [digits.train, digits.test]) tf.dispose([images, labels]);
  }
}

/** Test accuracy of a process alone, under the schedule that the workers have. */
async function accuracyOf(
  digits: { readonly train: Digits; readonly test: Digits },
  training: Training,
): Promise<number> {
  const totalSteps = training.epochs * stepsPerEpoch(digits.train, training);
  const optimizer = new AdamW({ learningRate: cosineAnnealing({ maxLearningRate: peak, totalSteps }) });
  const { accuracy } = await trainNetwork(optimizer, digits, training);
  optimizer.dispose();
  return accuracy;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

function line(
  { round, workers, quorate, sent, received, milliseconds }: RoundReport,
  rounds: number,
  all: number,
): string {
  const who = `${workers.length} of ${all} workers${quorate ? '' : ', below the quorum'}`;
  const cost = `sent ${kilobytes(sent)}, received ${kilobytes(received)}, ${milliseconds.toFixed(0)} ms`;
  return `round ${String(round + 1).padStart(String(rounds).length)} of ${rounds}: ${who}; ${cost}`;
}

function summary(
  { together, alone, one, reports, hashes }: Comparison,
  [all, each]: readonly [number, number],
  steps: number,
): string {
  const sum = (key: 'sent' | 'received'): number => reports.reduce((total, report) => total + report[key], 0);
  const isSame = new Set(hashes).size === 1;
  const points = (100 * (together - alone)).toFixed(2).replace(/^(?=\d)/, '+');
  return `
Together: ${percent(together)} of the test digits; the final states of all workers are ${isSame ? 'the same, bit for bit' : `NOT the same: ${hashes.join(', ')}`}
One process alone, as many digits as all of them together, ${steps} steps of ${all}: ${percent(alone)}, together ${points} points
One process alone, as many digits as each of them, steps of ${each}: ${percent(one)}
A worker sent ${kilobytes(sum('sent'))} and received ${kilobytes(sum('received'))} in ${reports.length} rounds, where data-parallel training would have exchanged as much as in one of them in each of ${steps} steps
`;
}

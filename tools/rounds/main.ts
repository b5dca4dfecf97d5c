// SPDX-License-Identifier: Apache-2.0
// `npm run rounds`: what a round costs, by number of parameters and of workers, for docs/distributed.md. `-- 8:100000 …` measures
// these numbers of workers and of parameters alone. All workers are in this process and make no local steps: what is measured is
// the exchange.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import '@tensorflow/tfjs-backend-cpu';
import { AdamW } from '@optim/adamw';
import {
  distributedRounds,
  type DistributedRounds,
  type Precision,
  type RoundReport,
} from '@optim/distributed';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import { Broker, lacking } from '../../packages/distributed/test/broker.js';

interface Case {
  readonly workers: number;
  readonly parameters: number;
  readonly precision: Precision;
}

/** Rounds that are measured, after one that is not. */
const rounds = 5;

const defaults = [
  '2:1000',
  '2:100000',
  '2:1000000',
  '2:1000000:bfloat16',
  '2:10000000',
  '4:100000',
  '8:100000',
  '16:100000',
  '32:100000',
  '4:1000000',
  '8:1000000',
  '16:1000000',
  '32:1000',
  '64:1000',
];

function caseOf(text: string): Case {
  const [, workers, parameters, precision = 'float32'] =
    /^(\d+):(\d+)(?::(float32|bfloat16))?$/.exec(text) ?? [];
  if (!(Number(workers) > 0 && Number(parameters) > 0))
    throw new RangeError(
      `rounds: expected WORKERS:PARAMETERS or WORKERS:PARAMETERS:bfloat16, got ${JSON.stringify(text)}`,
    );
  return { workers: Number(workers), parameters: Number(parameters), precision: precision as Precision };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds of a processor that a process has had; Linux only. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function measure({ workers, parameters, precision }: Case): Promise<string[]> {
  const broker = await Broker.start();
  const owned: tf.Variable[] = [];
  try {
    const joined: DistributedRounds[] = [];
    for (let i = 0; i < workers; i++) {
      const x = tf.tidy(() => tf.variable(tf.fill([parameters], 0.1), true, `x${i}`));
      owned.push(x);
      joined.push(
        await distributedRounds({
          connection: await broker.connect(),
          run: 'measured',
          worker: `w${i}`,
          optimizer: new AdamW(),
          outer: new SGDW({ learningRate: 0.7, momentum: 0.9, nesterov: true }),
          variables: { x },
          localSteps: 1,
          quorum: workers,
          timeout: 300_000,
          precision,
        }),
      );
    }
    const exchange = (): Promise<RoundReport[]> => Promise.all(joined.map((each) => each.exchange()));
    await exchange();
    const before = [processorTime(broker.pid), process.cpuUsage()] as const;
    const took: number[] = [];
    const reports: RoundReport[] = [];
    for (let i = 0; i < rounds; i++) {
      const start = performance.now();
      reports.push(...(await exchange()));
      took.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before[1]);
    const wrong = reports.find(({ agreed, workers: counted }) => !agreed || counted.length < workers);
    if (wrong) throw new Error(`a round did not count all workers: ${JSON.stringify(wrong)}`);
    const perWorker = (key: 'sent' | 'received'): string =>
      `${(sum(reports.map((report) => report[key])) / reports.length / 1e6).toFixed(3)} MB`;
    const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
    return [
      String(workers),
      parameters.toLocaleString('en'),
      precision,
      perWorker('sent'),
      perWorker('received'),
      ms(median(took)),
      ms((user + system) / 1000 / rounds / workers),
      ms((processorTime(broker.pid) - before[0]) / rounds),
    ];
  } finally {
    await broker.stop();
    tf.dispose(owned);
  }
}

const missing = lacking();
if (missing !== undefined) throw new Error(`rounds: needs ${missing}`);
const { positionals } = parseArgs({ allowPositionals: true });
tf.env().set('PROD', true); // no banner
await tf.setBackend('cpu');
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
row([
  'workers',
  'parameters',
  'precision',
  'sent',
  'received',
  'a round',
  'processor, a worker',
  'processor, the broker',
]);
row(Array.from({ length: 8 }, () => '---'));
for (const each of (positionals.length > 0 ? positionals : defaults).map(caseOf)) row(await measure(each));

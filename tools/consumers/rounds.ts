// SPDX-License-Identifier: Apache-2.0
// Rounds over NATS as a new user has them: three processes, and two pages with a process.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import { Broker, lacking } from '../../packages/distributed/test/broker.js';
import { readManifest, root } from '../workspace.js';
import { bundle } from './bundle.js';
import { assertBrowser, open, until } from './page.js';
import { installed, wanted, type Case, type Place } from './place.js';
import { pageOf } from './programs.js';
import { Unavailable } from './project.js';

/** What a worker tells at the end. */
interface Told {
  readonly round: number;
  readonly hash: string;
  /** Both weights, and the bias. */
  readonly weights: readonly number[];
  readonly reports: readonly {
    readonly workers: readonly string[];
    readonly agreed: boolean;
    readonly counts: boolean;
  }[];
}

const names = ['a', 'b', 'c'];
const rounds = 20;

/** Fits y = 1 + x₀ + 2x₁ from three sides: every worker sees four points of its own. */
const train = `
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { AdamW } from '@optim/adamw';
import { distributedRounds } from '@optim/distributed';
import { SGDW } from '@optim/sgdw';

async function train(connection, worker) {
  const place = ${JSON.stringify(names)}.indexOf(worker) - 1;
  const points = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([a, b]) => [a + place, b - place]);
  const model = layers.sequential();
  model.add(layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros', name: 'plane' }));
  const optimizer = new AdamW({ learningRate: 0.1, weightDecay: 0 });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const reports = [];
  const rounds = await distributedRounds({
    connection,
    run: 'plane',
    worker,
    optimizer,
    outer: new SGDW({ learningRate: 0.7, momentum: 0.5, nesterov: true }),
    model,
    localSteps: 10,
    quorum: ${names.length},
    timeout: 60_000,
    onRound: (report) => reports.push(report),
  });
  const [xs, ys] = [tf.tensor2d(points), tf.tensor2d(points.map(([a, b]) => [1 + a + 2 * b]))];
  await model.fit(xs, ys, { epochs: ${rounds * 10}, batchSize: 4, shuffle: false, verbose: 0, callbacks: [rounds] });
  await rounds.close();
  await connection.close();
  const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
  return { round: rounds.round, hash: rounds.hash, weights, reports };
}
`;

const files: Record<string, string> = {
  'node.mjs': `import { connect } from '@nats-io/transport-node';${train}
const [worker, servers] = process.argv.slice(2);
console.log(JSON.stringify(await train(await connect({ servers }), worker)));
`,
  'page.mjs': `import { wsconnect } from '@nats-io/nats-core';${train}
const { worker, servers } = Object.fromEntries(new URLSearchParams(location.search));
wsconnect({ servers }).then((connection) => train(connection, worker)).then(
  (result) => Object.assign(globalThis, { result }),
  (error) => Object.assign(globalThis, { result: String(error) }),
);
`,
  'index.html': pageOf('./page.mjs'),
};

/** Throws unless all workers have made all rounds together, ended in the same state, and found the plane. */
function assertTogether(told: readonly Told[]): void {
  for (const [i, { round, hash, weights, reports }] of told.entries()) {
    const isWhole =
      round === rounds &&
      reports.length === rounds &&
      reports.every(({ workers, agreed, counts }) => agreed && counts && workers.length === names.length);
    if (!isWhole) throw new Error(`worker ${names[i]} has these rounds: ${JSON.stringify(reports)}`);
    if (hash !== told[0]!.hash) throw new Error(`the states differ: ${hash}, ${told[0]!.hash}`);
    if (![1, 2, 1].every((value, w) => Math.abs(weights[w]! - value) < 0.05))
      throw new Error(`wrong weights: ${weights.join(', ')}`);
  }
}

/** The client in both versions, as this repository has them. */
const client = ['nats-core', 'transport-node'].map(
  (name) =>
    `@nats-io/${name}@${readManifest(join(root, 'packages/distributed')).dependencies!['@nats-io/nats-core']}`,
);

/** Starts a broker, and gives it to `work` with a project that has what a new user installs. */
async function withBroker(
  place: Place,
  work: (project: string, broker: Broker) => Promise<Told[]>,
): Promise<void> {
  const missing = lacking();
  if (missing !== undefined) throw new Unavailable(`there is no ${missing}`);
  const folder = join(place.published.folder, 'rounds');
  const packages = [...wanted(), '@optim/distributed', '@optim/sgdw', ...client];
  const project = existsSync(folder) ? folder : installed(place, 'rounds', packages, files);
  const broker = await Broker.start();
  try {
    assertTogether(await work(project, broker));
  } finally {
    await broker.stop();
  }
}

async function inNode(worker: string, project: string, broker: Broker): Promise<Told> {
  const args = ['node.mjs', worker, `127.0.0.1:${broker.port}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, timeout: 120_000 });
  return JSON.parse(stdout) as Told;
}

/** What a page leaves in the global `result`. */
async function toldBy(page: Page): Promise<Told> {
  const read = (): Told | string | undefined => (globalThis as unknown as { result?: Told | string }).result;
  const told = await until(page, read);
  if (typeof told === 'string') throw new Error(told);
  return told;
}

function pages(bundler: 'vite' | 'esbuild', name: string): Case {
  return {
    name,
    async run(place) {
      assertBrowser();
      await withBroker(place, async (project, broker) => {
        if (!existsSync(join(project, bundler))) await bundle(project, bundler);
        const servers = `ws://127.0.0.1:${broker.webSocketPort}`;
        const path = (worker: string): string => `index.html?worker=${worker}&servers=${servers}`;
        const inPages = open(
          join(project, bundler),
          path('a'),
          async (first) => {
            const second = await first.context().browser()!.newPage();
            await second.goto(new URL(path('b'), first.url()).href);
            return Promise.all([first, second].map((page) => toldBy(page)));
          },
          { policy: `default-src 'self'; connect-src ${servers}` },
        );
        const [told, third] = await Promise.all([inPages, inNode('c', project, broker)]);
        return [...told, third];
      });
    },
  };
}

export const roundsCases: readonly Case[] = [
  {
    name: 'rounds over NATS, three Node processes',
    run: (place) =>
      withBroker(place, (project, broker) =>
        Promise.all(names.map((worker) => inNode(worker, project, broker))),
      ),
  },
  pages('vite', "rounds over NATS, Vite build, two pages and a process, CSP default-src 'self'"),
  pages('esbuild', "rounds over NATS, esbuild bundle, two pages and a process, CSP default-src 'self'"),
];

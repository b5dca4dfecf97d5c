// SPDX-License-Identifier: Apache-2.0
// `npm run bench`: our rules against tf.train.adam, in one run, interleaved; ratios are what counts.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureInBrowser } from './browser.js';
import { measure, type Effort, type Row } from './measure.js';
import { everyClassTable, toMarkdown, toSvg } from './report.js';
import { featured } from './subjects.js';
import { zoo } from '../zoo/index.js';

const all = ['wasm', 'cpu', 'webgl', 'webgpu'];
const help = `Usage: npm run bench -- [options]
  --backends LIST  of ${all.join(', ')} (default: all)
  --rounds N       rounds of ten steps of each rule (default 9)
  --every          every class as well, on one tensor of a million, on wasm and cpu
  --out FOLDER     where bench.json, bench.md and bench.svg go (default .build/bench)`;

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: all.join(',') },
    rounds: { type: 'string', default: '9' },
    every: { type: 'boolean', default: false },
    out: { type: 'string', default: join('.build', 'bench') },
    help: { type: 'boolean', default: false },
  },
});

function wrong(option: string, constraint: string, received: string): never {
  console.error(`bench: ${option} must be ${constraint}, got "${received}"\n\n${help}`);
  process.exit(2);
}

async function inNode(backend: string, effort: Effort): Promise<Row[]> {
  await tf.setBackend(backend);
  const rows: Row[] = [];
  for (const layout of ['1M', '200 x 1k', 'mobilenet'])
    rows.push(...(await measure(layout, featured, { ...effort, withOps: true })));
  if (backend === 'wasm')
    rows.push(...(await measure('10M', featured, { warmup: 2, rounds: 2, withOps: false })));
  return rows;
}

/** A few at a time, so that their parameters and state fit into the memory of the wasm backend. */
async function everyClass(backend: string, { rounds, warmup }: Effort): Promise<Row[]> {
  await tf.setBackend(backend);
  const names = Object.keys(zoo).sort((a, b) => a.localeCompare(b));
  const effort = { warmup, rounds: backend === 'cpu' ? 1 : rounds, withOps: false };
  const rows: Row[] = [];
  for (let at = 0; at < names.length; at += 8)
    rows.push(...(await measure('1M', names.slice(at, at + 8), effort)));
  return rows;
}

if (values.help) {
  console.log(help);
} else {
  const backends = values.backends.split(',');
  const unknown = backends.find((name) => !all.includes(name));
  if (unknown !== undefined) wrong('--backends', `of ${all.join(', ')}`, unknown);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) wrong('--rounds', 'an integer of at least 1', values.rounds);
  tf.env().set('PROD', true);
  const effort: Effort = { rounds, warmup: 3 };
  const rows: Row[] = [];
  for (const backend of backends) {
    console.error(`measuring on ${backend} ...`);
    const inBrowser = backend.startsWith('web');
    rows.push(
      ...(await (inBrowser
        ? measureInBrowser(backend, { rounds: Math.min(rounds, 2), warmup: 2 })
        : inNode(backend, effort))),
    );
  }
  const every: Row[] = [];
  for (const backend of values.every ? ['wasm', 'cpu'] : []) {
    console.error(`measuring every class on ${backend} ...`);
    every.push(...(await everyClass(backend, { ...effort, rounds: Math.min(rounds, 5) })));
  }
  const machine = `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}`;
  const markdown = [toMarkdown(rows), ...(values.every ? [everyClassTable(every)] : [])].join('\n\n');
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'bench.json'), `${JSON.stringify({ machine, rows, every }, null, 2)}\n`);
  writeFileSync(join(values.out, 'bench.md'), `${machine}\n\n${markdown}\n`);
  writeFileSync(join(values.out, 'bench.svg'), toSvg(rows));
  console.log(`${machine}\n\n${markdown}\n\nWritten to ${values.out}: bench.json, bench.md, bench.svg`);
}

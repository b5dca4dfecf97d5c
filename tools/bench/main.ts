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
import { writeResults } from '../results.js';
import { loadTrials } from '../trials.js';
import { measureInBrowser } from './browser.js';
import { compared, comparisons } from './costs.js';
import { recordFirstSteps } from './first-steps.js';
import { measure, type Effort, type Row } from './measure.js';
import { speedOf, toMarkdown, toSvg } from './report.js';
import { featured, only } from './subjects.js';

const all = ['wasm', 'cpu', 'webgl', 'webgpu'];
const help = `Usage: npm run bench -- [options]
  --backends LIST  of ${all.join(', ')} (default: all)
  --rounds N       rounds of ten steps of each rule (default 9)
  --every          every class as well, on one tensor of a million, on wasm and cpu; writes docs/results
  --only LIST      these classes alone, on one tensor of a million, on wasm and cpu; writes docs/results
                   (--backends wasm for those whose matrix products take seconds on cpu)
  --record         writes docs/results without these two as well
  --costs          instead: what steps with matrix products, decompositions and second evaluations cost beside
                   others; with --only, of these classes alone; writes docs/results
  --first-steps    the first steps of a page on each backend, from a fresh page, alone; writes docs/results
  --out FOLDER     where bench.json, bench.md and bench.svg go (default .build/bench)`;

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: all.join(',') },
    rounds: { type: 'string', default: '9' },
    every: { type: 'boolean', default: false },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
    costs: { type: 'boolean', default: false },
    'first-steps': { type: 'boolean', default: false },
    out: { type: 'string', default: join('.build', 'bench') },
    help: { type: 'boolean', default: false },
  },
});

const trials = await loadTrials();

function wrong(option: string, constraint: string, received: string): never {
  console.error(`bench: ${option} must be ${constraint}, got "${received}"\n\n${help}`);
  process.exit(2);
}

async function inNode(backend: string, effort: Effort): Promise<Row[]> {
  await tf.setBackend(backend);
  const rows: Row[] = [];
  for (const layout of ['1M', '200 x 1k', 'mobilenet'])
    rows.push(...(await measure(layout, only(trials, featured), { ...effort, withOps: true })));
  if (backend === 'wasm')
    rows.push(...(await measure('10M', only(trials, featured), { warmup: 2, rounds: 2, withOps: false })));
  return rows;
}

/** A few at a time, so that their parameters and state fit into the memory of the wasm backend. */
async function inTurn(names: readonly string[], backends: readonly string[], rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  const own = ['wasm', 'cpu'].filter((backend) => names.length > 0 && backends.includes(backend));
  for (const backend of own) {
    console.error(`measuring ${names.join(', ')} on ${backend} ...`);
    await tf.setBackend(backend);
    const effort = { warmup: 3, rounds: backend === 'cpu' ? 1 : Math.min(rounds, 5), withOps: false };
    for (let at = 0; at < names.length; at += 8)
      rows.push(...(await measure('1M', only(trials, names.slice(at, at + 8)), effort)));
  }
  return rows;
}

async function onBackends(backends: readonly string[], rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of backends) {
    console.error(`measuring on ${backend} ...`);
    const measured = backend.startsWith('web')
      ? await measureInBrowser(backend, { rounds: Math.min(rounds, 2), warmup: 2 })
      : await inNode(backend, { rounds, warmup: 3 });
    rows.push(...measured);
  }
  return rows;
}

/** Writes rows, measured among others, to docs/results. */
function record(rows: readonly Row[], among: readonly Row[]): void {
  for (const row of rows.filter(({ executor }) => executor !== 'ops')) {
    writeResults(row.subject, { speed: { [`${row.backend}, ${row.layout}`]: speedOf(among, row) } });
  }
}

/** Compares classes with what they are made of, or made for; writes docs/results. */
async function costs(named: readonly string[] | undefined, rounds: number): Promise<void> {
  for (const comparison of comparisons.filter(({ subject }) => named?.includes(subject) ?? true)) {
    const { subject, backend, what } = comparison;
    await tf.setBackend(backend);
    const cost = await compared(comparison, rounds);
    writeResults(subject, { costs: { [`${backend}, ${what}`]: cost } });
    const { nanoseconds, ratio, against, atMost } = cost;
    const aim = atMost === undefined ? '' : `, at most ${atMost}`;
    console.log(
      `${subject}, ${backend}, ${what}: ${nanoseconds.toFixed(1)} ns, ${ratio.toFixed(2)} x ${against}${aim}`,
    );
  }
  console.log('Written to docs/results; npm run sync makes the table of it.');
}

if (values.help) {
  console.log(help);
} else if (values['first-steps']) {
  await recordFirstSteps(all);
} else {
  const backends = values.backends.split(',');
  const unknown = backends.find((name) => !all.includes(name));
  if (unknown !== undefined) wrong('--backends', `of ${all.join(', ')}`, unknown);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) wrong('--rounds', 'an integer of at least 1', values.rounds);
  const classes = Object.keys(trials);
  const named = values.only?.split(',');
  const stranger = named?.find((name) => !classes.includes(name));
  if (stranger !== undefined) wrong('--only', `of ${classes.join(', ')}`, stranger);
  tf.env().set('PROD', true);
  if (values.costs) {
    await costs(named, rounds);
    process.exit(0);
  }
  const rows = named ? [] : await onBackends(backends, rounds);
  const others = values.every ? classes.filter((name) => !featured.includes(name)) : [];
  const single = await inTurn(named ?? others, backends, rounds);
  const isRecorded = named !== undefined || values.every || values.record;
  if (isRecorded) {
    record(rows, rows);
    const isClass = ({ subject }: Row): boolean => classes.includes(subject);
    record(single.filter(isClass), single);
  }
  const machine = `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}`;
  const measured = [...rows, ...single];
  const markdown = `${machine}\n\n${toMarkdown(measured)}\n`;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'bench.json'), `${JSON.stringify({ machine, rows: measured }, null, 2)}\n`);
  writeFileSync(join(values.out, 'bench.md'), markdown);
  writeFileSync(join(values.out, 'bench.svg'), toSvg(measured));
  console.log(`${markdown}\nWritten to ${values.out}: bench.json, bench.md, bench.svg`);
  if (isRecorded) console.log('Written to docs/results too; npm run sync makes the tables of it.');
}

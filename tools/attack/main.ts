// SPDX-License-Identifier: Apache-2.0
// `npm run attack [-- NAME ... --seed 1 --tries 300]`: attacks every class, or those named, and prints what came of it.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { parseArgs } from 'node:util';
import { loadExecutors } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { loadTrials } from '../trials.js';
import { campaign } from './attack.js';
import { tableOf } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, tries: { type: 'string', default: '300' } },
});
const all = await loadTrials();
const unknown = positionals.find((name) => !(name in all));
if (unknown !== undefined) {
  console.error(`attack: expected names of ${Object.keys(all).join(', ')}, got "${unknown}"`);
  process.exit(2);
}
tf.env().set('PROD', true);
await tf.setBackend('cpu');
await loadExecutors();
const trials = Object.fromEntries(
  Object.entries(all).filter(([name]) => positionals.length === 0 || positionals.includes(name)),
);
const { table, faults } = await campaign({
  trials,
  seed: Number(values.seed),
  tries: Number(values.tries),
  onSubject: (name) => process.stderr.write(`${name}\n`),
});
for (const { attack, what, verdict, why } of faults) console.log(`${verdict}: ${attack}: ${what}: ${why}`);
console.log(tableOf(table));
if (faults.length > 0) process.exitCode = 1;

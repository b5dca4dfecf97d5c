// SPDX-License-Identifier: Apache-2.0
// `npm run optimizers [-- NAME ...]`: trains with every class, or with those named, and writes docs/optimizers.md.

import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDigits } from '../mnist/data.js';
import { root } from '../workspace.js';
import { zoo } from '../zoo/index.js';
import { optimizersTable } from './table.js';
import { setting, trials } from './trial.js';

const named = process.argv.slice(2);
const all = Object.keys(zoo).sort((a, b) => a.localeCompare(b));
const unknown = named.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`optimizers: expected names of ${all.join(', ')}, got "${unknown}"`);
  process.exit(2);
}
tf.env().set('PROD', true);
await tf.setBackend('wasm');
const digits = loadDigits(setting.training.seed, setting.counts);
const results = await trials(named.length > 0 ? named : all, digits);
const text = optimizersTable(results);
if (named.length === 0) writeFileSync(join(root, 'docs', 'optimizers.md'), text);
console.log(text.slice(text.indexOf('| class')));

// SPDX-License-Identifier: Apache-2.0
// `npm run optimizers [-- NAME ...]`: trains once with every class, or with those named, and writes docs/results/NAME.json.

import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { loadDigits } from '../digits/digits.js';
import { writeResults } from '../results.js';
import { loadTrials } from '../trials.js';
import { setting } from './setting.js';
import { attempt, kernelsOfEvaluation, mean } from './trial.js';

const trials = await loadTrials();
const all = Object.keys(trials);
const named = process.argv.slice(2);
const unknown = named.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`optimizers: expected names of ${all.join(', ')}, got "${unknown}"`);
  process.exit(2);
}
tf.env().set('PROD', true);
await tf.setBackend('wasm');
const digits = loadDigits(setting.training.seed, setting.counts);
const evaluation = await kernelsOfEvaluation(digits);
for (const name of named.length > 0 ? named : all) {
  const { accuracy, losses, seconds, stateBytes, kernels } = await attempt(trials[name]!, digits);
  const [firstLoss, lastLoss] = [losses[0]!, mean(losses.slice(-20))];
  const training = { accuracy, firstLoss, lastLoss, seconds, stateBytes, kernels: kernels - evaluation };
  writeResults(name, { training });
  const loss = `loss ${firstLoss.toFixed(2)} → ${lastLoss.toPrecision(2)}`;
  console.log(`${name}: accuracy ${(100 * accuracy).toFixed(1)} %, ${loss}, ${seconds.toFixed(1)} s`);
}
console.log('Written to docs/results; npm run sync makes the table of it.');

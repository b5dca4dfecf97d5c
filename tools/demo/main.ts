// SPDX-License-Identifier: Apache-2.0
// npm run demo [-- options]: trains a small network on MNIST with several optimizers and compares them, or in several processes.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { demo } from './demo.js';
import { help, parseOptions } from './options.js';
import { demoOfRounds } from './rounds.js';
import { isWorker, work } from './worker.js';

tf.env().set('PROD', true); // no banner

try {
  if (isWorker()) await work();
  else {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) process.stdout.write(help);
    else if (options.workers > 0) await demoOfRounds(options, process.stdout);
    else await demo(options, process.stdout);
  }
} catch (error) {
  // Not thrown on: Node would print the line of the failure first, and those of the backends fill many screens.
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  console.error('See npm run demo -- --help');
  process.exitCode = 1;
}

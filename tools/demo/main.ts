// SPDX-License-Identifier: Apache-2.0
// npm run demo [-- options]: trains a small network on MNIST with several optimizers and compares them.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { demo } from './demo.js';
import { help, parseOptions } from './options.js';

tf.env().set('PROD', true); // no banner

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await demo(options, process.stdout);
} catch (error) {
  // Not thrown on: Node would print the line of the failure first, and those of the backends fill many screens.
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  console.error('See npm run demo -- --help');
  process.exitCode = 1;
}

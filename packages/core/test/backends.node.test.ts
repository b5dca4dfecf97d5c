// SPDX-License-Identifier: Apache-2.0

import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeExecution } from '../src/index.js';
import { Heavy } from './rules.js';

function step(optimizer: tf.Optimizer, variable: tf.Variable): string {
  const gradient = tf.ones(variable.shape);
  optimizer.applyGradients({ [variable.name]: gradient });
  gradient.dispose();
  return describeExecution(optimizer)[0]!.executor;
}

it('moves with the backend, in the middle of training, and two optimizers stay on two backends', async () => {
  const optimizer = new Heavy();
  const variable = tf.tidy(() => tf.variable(tf.zeros([37])));
  const executors: string[] = [];
  try {
    for (const backend of ['cpu', 'wasm', 'cpu', 'wasm']) {
      await tf.setBackend(backend);
      executors.push(step(optimizer, variable));
    }
    // m = 1, 1.5, 1.75, 1.875, each times the rate of 0.5
    expect([...(await variable.data())]).toEqual(Array.from({ length: 37 }, () => -3.0625));
    expect(executors).toEqual(['cpu', 'wasm', 'cpu', 'wasm']);
  } finally {
    optimizer.dispose();
    variable.dispose();
    await tf.setBackend('cpu');
  }
});

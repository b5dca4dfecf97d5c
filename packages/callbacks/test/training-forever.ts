// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own, this trains and saves after every step until it is killed.

import { pathToFileURL } from 'node:url';
import { AdamW } from '@optim/adamw';
import { checkpoint, resume, type Loop } from '@optim/callbacks';
import { fileStore } from '@optim/callbacks/node';
import * as tf from '@tensorflow/tfjs-core';

/** A training whose gradients follow from the step alone. */
export function trainingOf(size: number): Loop & { step(): void } {
  const variable = tf.tidy(() => tf.variable(tf.fill([size], 1)));
  const optimizer = new AdamW({ learningRate: 0.01 });
  const step = (): void =>
    tf.tidy(() => {
      const gradient = tf.sin(tf.range(optimizer.iterations, optimizer.iterations + size));
      optimizer.applyGradients({ [variable.name]: gradient });
    });
  return { variables: [variable], optimizer, step };
}

const [, script, folder] = process.argv;
if (folder !== undefined && script !== undefined && import.meta.url === pathToFileURL(script).href) {
  await import('@tensorflow/tfjs-backend-cpu');
  const training = trainingOf(50_000);
  const store = fileStore(folder);
  await resume(training, store);
  const saving = checkpoint(training, store);
  for (;;) {
    training.step();
    await saving.save({ epoch: 0, batch: training.optimizer.iterations });
    process.send!(training.optimizer.iterations);
  }
}

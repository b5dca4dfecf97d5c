// SPDX-License-Identifier: Apache-2.0
// A run that is saved and resumed goes on as if it had not been interrupted, bit for bit.

import { AdamW } from '@optim/adamw';
import type { Hook } from '@optim/core';
import { autoClip, gradientNoise, grokfast, mars, skipLargeUpdates, zClip } from '@optim/hooks';
import { goldenGradients, goldenVariables } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

const hooks: Readonly<Record<string, () => Hook>> = {
  'grokfast, by averages': () => grokfast(),
  'grokfast, by a window': () => grokfast({ filter: 'window', windowSize: 3 }),
  autoClip: () => autoClip({ percentile: 30, historySize: 4 }),
  zClip: () => zClip({ warmupSteps: 3, maxNorm: null, zThreshold: 0.5 }),
  skipLargeUpdates: () => skipLargeUpdates({ maxNorm: 2.6, countSkipped: false }),
  gradientNoise: () => gradientNoise({ eta: 0.3, seed: 7 }),
  mars: () => mars(),
};

function run(optimizer: AdamW, from: number, to: number): void {
  for (let t = from; t <= to; t++) {
    const gradients = goldenGradients(t);
    optimizer.applyGradients(gradients);
    tf.dispose(gradients);
  }
}

async function values(variables: readonly tf.Variable[]): Promise<number[][]> {
  return Promise.all(variables.map(async (variable) => [...(await variable.data())]));
}

it.each(Object.entries(hooks))('%s: an interrupted run', async (_name, hook) => {
  const variables = goldenVariables();
  const optimizer = new AdamW({ learningRate: 0.05, transforms: [hook()] });
  run(optimizer, 1, 5);
  const saved = JSON.parse(JSON.stringify(await values(variables))) as number[][];
  const state = await optimizer.stateDict();
  const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
  run(optimizer, 6, 10);
  const want = await values(variables);
  const last = await optimizer.stateDict();
  optimizer.dispose();

  const resumed = AdamW.fromConfig(AdamW as never, config) as AdamW;
  await resumed.loadStateDict(state);
  variables.forEach((variable, i) => tf.tidy(() => variable.assign(tf.tensor(saved[i]!, variable.shape))));
  run(resumed, 6, 10);
  expect(await values(variables)).toEqual(want);
  expect(await resumed.stateDict()).toEqual(last);
  resumed.dispose();
  tf.dispose(variables);
});

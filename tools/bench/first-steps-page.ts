// SPDX-License-Identifier: Apache-2.0
// A page in which a small network trains from the first moment on, in a loop that awaits every loss.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as layers from '@tensorflow/tfjs-layers';
import { AdamW } from '@optim/adamw';
import { describeExecution } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';

/** The milliseconds of each step, with its loss read, and what ran the optimizer in it: nothing where it is TensorFlow.js'. */
export interface Step {
  readonly milliseconds: number;
  readonly executors: readonly string[];
}

const parameters = new URLSearchParams(location.search);
const given = (name: string): string => parameters.get(name)!;

async function run(): Promise<Step[]> {
  tf.env().set('PROD', true);
  setWasmPaths('./');
  if (!(await tf.setBackend(given('backend')))) throw new Error(`${given('backend')} does not start here`);
  const dense = layers.layers.dense;
  const model = layers.sequential({
    layers: [dense({ units: 64, activation: 'relu', inputShape: [64] }), dense({ units: 10 })],
  });
  const [x, y] = [tf.randomNormal<tf.Rank.R2>([32, 64]), tf.randomNormal<tf.Rank.R2>([32, 10])];
  const optimizer = given('optimizer') === 'AdamW' ? new AdamW() : tf.train.adam();
  const steps: Step[] = [];
  for (let i = 0; i < Number(given('steps')); i++) {
    const start = performance.now();
    const loss = optimizer.minimize(
      () => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor) as tf.Scalar,
      true,
    )!;
    await loss.data();
    const milliseconds = performance.now() - start;
    loss.dispose();
    const ran = optimizer instanceof AdamW ? describeExecution(optimizer) : [];
    steps.push({ milliseconds, executors: [...new Set(ran.map(({ executor }) => executor))] });
  }
  return steps;
}

run().then(
  (result) => Object.assign(globalThis, { result }),
  (error) => Object.assign(globalThis, { result: String(error) }),
);

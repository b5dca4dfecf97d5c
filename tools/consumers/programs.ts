// SPDX-License-Identifier: Apache-2.0
// The files of a project that uses `@optim/adabelief` as any user would.

/** Fits y = 1 + x₀ + 2x₁ from zeros with one weight update an epoch, and prints the loss before each. */
const train = `
const model = layers.sequential();
model.add(layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros' }));
model.compile({ optimizer: new AdaBelief({ learningRate: 0.1 }), loss: 'meanSquaredError' });
const xs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
const ys = tf.tensor2d([[1], [3], [2], [4]]);
model.fit(xs, ys, { epochs: 200, batchSize: 4, shuffle: false, verbose: 0 })
  .then(({ history }) => console.log(JSON.stringify(history.loss)));
`;

/** Prints the kernels of the very first step, taken without waiting for anything. */
const first = `
const x = tf.variable(tf.tensor1d([1, 2]), true, 'x');
const optimizer = new AdaBelief();
tf.setBackend('cpu');
tf.profile(() => optimizer.applyGradients({ x: tf.tensor1d([1, 1]) }) ?? [])
  .then(({ kernels }) => console.log(JSON.stringify(kernels.map(({ name }) => name))));
`;

const typed = `
const optimizer: tf.Optimizer = new AdaBelief({ learningRate: 0.1, beta1: 0.9 });
const rate: number = new AdaBelief().learningRate;
// @ts-expect-error an option that does not exist
new AdaBelief({ learningrate: 0.1 });
// @ts-expect-error an option of the wrong type
new AdaBelief({ beta1: '0.9' });
export const used = [optimizer, rate];
`;

const esm = `
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { AdaBelief } from '@optim/adabelief';
`;

const cjs = `
const tf = require('@tensorflow/tfjs-core');
const layers = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
const { AdaBelief } = require('@optim/adabelief');
`;

// What a user of TypeScript 6 has to set for tfjs itself, whose own declarations clash with the newer DOM types.
const compiler = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
const typescript = (options: object, files: string[]): string =>
  JSON.stringify({ compilerOptions: { ...compiler, ...options }, files });

export const files: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'consumer', private: true }),
  'train.mjs': esm + train,
  'train.cjs': cjs + train,
  'first.mjs': esm + first,
  'first.cjs': cjs + first,
  'typed.mts': `import * as tf from '@tensorflow/tfjs-core';
import { AdaBelief } from '@optim/adabelief';${typed}`,
  'typed.cts': `import tf = require('@tensorflow/tfjs-core');
import { AdaBelief } from '@optim/adabelief';${typed}`,
  'tsconfig.nodenext.json': typescript({ module: 'nodenext' }, ['typed.mts', 'typed.cts']),
  'tsconfig.bundler.json': typescript({ module: 'esnext', moduleResolution: 'bundler' }, ['typed.mts']),
};

// SPDX-License-Identifier: Apache-2.0
// The files of a project that uses `@optim/adamw` as any user would.

/** What every program tells of itself. */
export interface Result {
  /** The loss before each of 200 steps. */
  loss: number[];
  /** What ran the steps. */
  executors: string[];
  /** The steps that the optimizer of the model has done after it was saved and loaded. */
  iterations: number;
}

/** Fits y = 1 + x₀ + 2x₁ from zeros with one weight update an epoch; saves the model and loads it again. */
const train = `
async function train() {
  const model = layers.sequential();
  model.add(layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'zeros' }));
  const optimizer = new AdamW({ learningRate: 0.1 });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const xs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const ys = tf.tensor2d([[1], [3], [2], [4]]);
  const { history } = await model.fit(xs, ys, { epochs: 200, batchSize: 4, shuffle: false, verbose: 0 });
  const executors = [...new Set(describeExecution(optimizer).map(({ executor }) => executor))];
  let saved;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler, { includeOptimizer: true });
  const loaded = await layers.loadLayersModel(tf.io.fromMemory(saved));
  const iterations = loaded.optimizer instanceof AdamW ? loaded.optimizer.iterations : -1;
  return { loss: history.loss, executors, iterations };
}
`;

const print = 'train().then((result) => console.log(JSON.stringify(result)));\n';

/** Prints the kernels of the very first step, taken without waiting for anything. */
const first = `
const x = tf.variable(tf.tensor1d([1, 2]), true, 'x');
const optimizer = new AdamW();
tf.setBackend('cpu');
tf.profile(() => optimizer.applyGradients({ x: tf.tensor1d([1, 1]) }) ?? [])
  .then(({ kernels }) => console.log(JSON.stringify(kernels.map(({ name }) => name))));
`;

const typed = `
const optimizer: tf.Optimizer = new AdamW({ learningRate: 0.1, beta1: 0.9 });
const rate: number = new AdamW().learningRate;
const saving: Promise<void> = optimizer instanceof AdamW ? optimizer.stateDict().then((state) => saveStateFile('x', state)) : Promise.resolve();
// @ts-expect-error an option that does not exist
new AdamW({ learningrate: 0.1 });
// @ts-expect-error an option of the wrong type
new AdamW({ beta1: '0.9' });
export const used = [optimizer, rate, saving];
`;

const esm = `
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { AdamW } from '@optim/adamw';
import { describeExecution } from '@optim/core';
`;

const cjs = `
const tf = require('@tensorflow/tfjs-core');
const layers = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
const { AdamW } = require('@optim/adamw');
const { describeExecution } = require('@optim/core');
`;

// What a user of TypeScript 6 has to set for tfjs itself, whose own declarations clash with the newer DOM types.
const compiler = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: 'es2022' };
const typescript = (options: object, files: string[]): string =>
  JSON.stringify({ compilerOptions: { ...compiler, ...options }, files });

const typedImports = `import { AdamW } from '@optim/adamw';
import { saveStateFile } from '@optim/core/node';`;

/** What a page of a bundler runs; the page waits for \`result\`. */
const page = `${esm}${train}
train().then((result) => Object.assign(globalThis, { result }), (error) => Object.assign(globalThis, { result: String(error) }));
`;

const html = (head: string): string => `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <title>consumer</title>
    ${head}
  </head>
  <body></body>
</html>
`;

/** A page with a module. */
export const pageOf = (script: string, head = ''): string =>
  html(`${head}<script type="module" src="${script}"></script>`);

export const files: Record<string, string> = {
  'train.mjs': esm + train + print,
  'train.cjs': cjs + train + print,
  'first.mjs': esm + first,
  'first.cjs': cjs + first,
  'page.mjs': page,
  'index.html': pageOf('./page.mjs'),
  'worker.mjs': `${esm}${train}train().then(postMessage, (error) => postMessage(String(error)));\n`,
  'starter.mjs': `new Worker('./worker.js', { type: 'module' }).onmessage = ({ data }) => Object.assign(globalThis, { result: data });\n`,
  // Jest runs CommonJS; what it cannot require it can import.
  'train.test.js': `
const tf = require('@tensorflow/tfjs-core');
const layers = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
let AdamW, describeExecution;
beforeAll(async () => {
  ({ AdamW } = await import('@optim/adamw'));
  ({ describeExecution } = await import('@optim/core'));
}, 100_000);
${train}
test('trains', async () => {
  require('node:fs').writeFileSync('jest.json', JSON.stringify(await train()));
}, 100_000);
`,
  'typed.mts': `import * as tf from '@tensorflow/tfjs-core';\n${typedImports}${typed}`,
  'typed.cts': `import tf = require('@tensorflow/tfjs-core');\n${typedImports}${typed}`,
  'typed.ts': `import * as tf from '@tensorflow/tfjs-core';\n${typedImports}${typed}`,
  'tsconfig.nodenext.json': typescript({ module: 'nodenext' }, ['typed.mts', 'typed.cts']),
  // \`require\` of modules, which Node has, is not part of what this mode knows.
  'tsconfig.node16.json': typescript({ module: 'node16' }, ['typed.mts']),
  'tsconfig.bundler.json': typescript({ module: 'esnext', moduleResolution: 'bundler' }, ['typed.mts']),
  'tsconfig.node10.json': typescript(
    { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    ['typed.ts'],
  ),
};

// SPDX-License-Identifier: Apache-2.0
// The files of a project that trains as people do it: with `@optim/callbacks` around, and states from Python.

const imports = `
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { AdamW } from '@optim/adamw';
`;

/** The same model and data in every process and page. */
const given = `
const make = () => {
  const dense = (units, seed, rest) =>
    layers.layers.dense({ units, kernelInitializer: layers.initializers.glorotUniform({ seed }), ...rest });
  const model = layers.sequential({
    layers: [dense(8, 1, { inputShape: [2], activation: 'tanh' }), layers.layers.batchNormalization(), dense(1, 2)],
  });
  model.compile({ optimizer: new AdamW({ learningRate: (step) => 0.1 / (1 + step / 100) }), loss: 'meanSquaredError' });
  return model;
};
const xs = tf.tensor2d(Array.from({ length: 32 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]));
const ys = tf.tensor2d(Array.from({ length: 32 }, (_, i) => [Math.sin(i) * Math.cos(3 * i)]));
const plain = { batchSize: 8, shuffle: false, verbose: 0 };
`;

/** Resumes the training of a store, and goes on to an epoch; whoever is told of epochs may kill it. */
const session = `
async function session(store, epochs, tell) {
  const model = make();
  const best = keepBest(model, { monitor: 'loss', restore: false });
  const callbacks = { best };
  const { epoch: initialEpoch = 0 } = (await resume(model, store, { callbacks })) ?? {};
  await model.fit(xs, ys, {
    ...plain,
    epochs,
    initialEpoch,
    callbacks: [best, checkpoint(model, store, { callbacks }), { onEpochEnd: (epoch) => tell(epoch + 1) }],
  });
  const numbers = () => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
  const weights = numbers();
  const found = { value: best.best, epoch: best.epoch };
  best.restore();
  return { initialEpoch, weights, best: { ...found, weights: numbers() } };
}
`;

const inNode = `${imports}
import { checkpoint, keepBest, resume } from '@optim/callbacks';
import { fileStore } from '@optim/callbacks/node';
${given}${session}
const [, , folder, epochs] = process.argv;
const tell = (epoch) => process.stdout.write(\`epoch \${epoch}\\n\`);
console.log(JSON.stringify(await session(fileStore(folder), Number(epochs), tell)));
`;

const inPage = `${imports}
import { checkpoint, indexedDBStore, keepBest, resume } from '@optim/callbacks';
${given}${session}
const asked = new URLSearchParams(location.search);
const tell = (epoch) => Object.assign(globalThis, { epoch });
session(indexedDBStore(asked.get('store')), Number(asked.get('epochs')), tell).then(
  (result) => Object.assign(globalThis, { result }),
  (error) => Object.assign(globalThis, { result: String(error) }),
);
`;

/** Each part once; it says nothing else, to the terminal neither. */
const parts = `${imports}
import assert from 'node:assert/strict';
import {
  earlyStopping, evaluateAveraged, findLearningRate, keepBest, logOptimizer, noDecay, progressBar,
} from '@optim/callbacks';
import { monitor, readNorms } from '@optim/hooks';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
${given}
const numbers = (model) => model.getWeights().map((weight) => [...weight.dataSync()]);

{
  const model = make();
  const before = numbers(model);
  const { rates, losses, suggestion } = await findLearningRate({ model, data: { xs, ys }, from: 1e-4, to: 10, steps: 30 });
  assert.ok(rates.length > 10 && rates.length === losses.length && suggestion > 1e-4 && suggestion < 10);
  assert.deepEqual(numbers(model), before);
  assert.equal(model.optimizer.iterations, 0);
}
{
  // A rate with which it gets worse: the best weights are those of an early epoch.
  const model = make();
  model.optimizer.set({ learningRate: (step) => (step < 20 ? 0.05 : 5) });
  const seen = [];
  const best = keepBest(model, { monitor: 'loss' });
  const stopping = earlyStopping(model, { monitor: 'loss', patience: 3, restoreBestWeights: true });
  const look = { onEpochEnd: () => void seen.push(numbers(model)) };
  const { history, epoch } = await model.fit(xs, ys, { ...plain, epochs: 50, callbacks: [look, best, stopping] });
  assert.ok(epoch.length < 50);
  const least = history.loss.indexOf(Math.min(...history.loss));
  assert.equal(epoch.length, least + 4);
  assert.equal(best.epoch, least);
  assert.deepEqual(numbers(model), seen[least]);
}
{
  const optimizer = new AdamW({ weightDecay: 0.1, transforms: [monitor()], parameterGroups: noDecay(make()) });
  const model = make();
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const callbacks = [logOptimizer(optimizer), progressBar({ optimizer })];
  const { history } = await model.fit(xs, ys, { ...plain, epochs: 3, callbacks, verbose: 1 });
  assert.deepEqual(history.learningRate, [0.001, 0.001, 0.001]);
  const { gradient, update } = await readNorms(optimizer);
  assert.ok(gradient > 0 && update > 0);
  // A terminal outside CI has a bar.
  const drawn = [];
  delete process.env.CI;
  const terminal = { isTTY: true, columns: 80, write: (text) => drawn.push(text) };
  await model.fit(xs, ys, { ...plain, epochs: 1, callbacks: progressBar({ terminal }), verbose: 1 });
  assert.match(drawn.join(''), /4\\/4/);
}
{
  const model = make();
  model.compile({ optimizer: new ScheduleFreeAdamW({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  evaluateAveraged(model);
  const { history } = await model.fit(xs, ys, { ...plain, epochs: 3, validationData: [xs, ys] });
  const training = numbers(model);
  const loss = model.evaluate(xs, ys).dataSync()[0];
  assert.ok(Math.abs(history.val_loss[2] - loss) < 1e-6);
  assert.deepEqual(numbers(model), training);
  model.optimizer.useEvaluationWeights();
  assert.notDeepEqual(numbers(model), training);
}
`;

/** What PyTorch and Keras have begun goes on, and goes back. */
const exchange = `${imports}
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  fromKeras, fromTorch, readNpz, readSafetensors, toKeras, toTorch, writeNpz, writeSafetensors,
} from '@optim/exchange';

const bytesIn = (name) => new Uint8Array(readFileSync(name));
for (const [file, from, to] of [
  ['torch-AdamW.safetensors', fromTorch, toTorch],
  ['keras-AdamW.npz', fromKeras, toKeras],
]) {
  const recording = JSON.parse(readFileSync(file.replace(/\\.\\w+$/, '.json'), 'utf8'));
  const parameters = Object.fromEntries(recording.names.map((name) => [name, \`mine/\${name.replace('.', '/')}\`]));
  const { config, variables: paths } = recording;
  const more = config ? { config, variables: paths } : {};
  const { options, state } = from(bytesIn(file), AdamW, { parameters, ...more });
  const optimizer = new AdamW(options);
  await optimizer.loadStateDict(state);
  // Biases, whose axes are the same there and here.
  const biases = recording.names.filter((name) => name.endsWith('bias'));
  assert.equal(biases.length, 2);
  const variables = biases.map((name) => tf.variable(tf.tensor1d(recording.after[6][name]), true, parameters[name]));
  for (let t = 6; t < 12; t++)
    optimizer.applyGradients(
      biases.map((name) => ({ name: parameters[name], tensor: tf.tensor1d(recording.gradients[t][name]) })),
    );
  assert.equal(optimizer.iterations, 12);
  variables.forEach((variable, i) => {
    const want = recording.after[12][biases[i]];
    variable.dataSync().forEach((value, j) => assert.ok(Math.abs(value - want[j]) < 1e-6, \`\${file}: \${value} \${want[j]}\`));
  });
  tf.dispose(variables);
  // What comes in goes out.
  const written = to(state, { parameters });
  const back = config ? { config: written.config } : {};
  const again = from(config ? written.bytes : written, AdamW, { parameters, ...back });
  assert.deepEqual(again.state.parameters, state.parameters);
}
const tensors = readSafetensors(bytesIn('torch-AdamW.safetensors'));
assert.deepEqual(readSafetensors(writeSafetensors(tensors)), tensors);
const npz = bytesIn('keras-AdamW.npz');
assert.deepEqual(readNpz(writeNpz(readNpz(npz))), readNpz(npz));
`;

export const trainingFiles: Record<string, string> = {
  'session.mjs': inNode,
  'page.mjs': inPage,
  'index.html':
    '<!doctype html><html><head><meta charset="utf-8" /><title>training</title><script type="module" src="./page.mjs"></script></head><body></body></html>',
  'parts.mjs': parts,
  'exchange.mjs': exchange,
};

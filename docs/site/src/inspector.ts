// SPDX-License-Identifier: Apache-2.0
// The inspector on a small live training of digits, which can be broken.

import { AdamW } from '@optim/adamw';
import { monitor, skipNonFinite } from '@optim/hooks';
import { inspect } from '@optim/inspector';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.js';
import { byId, nextFrame } from './dom.js';
import { fetchDigits, pixels, type Digits } from './home/digits.js';

const rate = byId<HTMLInputElement>('rate');
const guard = byId<HTMLInputElement>('guard');
const pause = byId('pause');
const status = byId('status');
const batchSize = 64;
const totalSteps = 1000;

let isPaused = false;
let isBroken = false;
/** Of the training that runs; a later one ends it. */
let latest = 0;

const weights = (name: string, shape: [number, number], seed: number): tf.Variable<tf.Rank.R2> =>
  tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / shape[0]), 'float32', seed), true, name));
const zeros = (name: string, length: number): tf.Variable<tf.Rank.R1> =>
  tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([length]), true, name));

function lossOf(
  [w1, b1, w2, b2, w3, b3]: readonly tf.Tensor[],
  { images, labels, count }: Digits,
  step: number,
): tf.Scalar {
  const from = (step * batchSize) % (count - batchSize);
  const x = tf.tensor2d(images.subarray(from * pixels, (from + batchSize) * pixels), [batchSize, pixels]);
  const y = tf.oneHot(tf.tensor1d([...labels.subarray(from, from + batchSize)], 'int32'), 10);
  const layer = (input: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.add(tf.matMul(input, w), b);
  const first = tf.relu(layer(isBroken ? tf.mul(x, NaN) : x, w1!, b1!));
  const logits = layer(tf.relu(layer(first, w2!, b2!)), w3!, b3!);
  return tf.losses.softmaxCrossEntropy(y, logits);
}

async function train(digits: Digits, id: number): Promise<void> {
  const variables = [
    weights('first/kernel', [pixels, 48], 1),
    zeros('first/bias', 48),
    weights('second/kernel', [48, 32], 2),
    zeros('second/bias', 32),
    weights('output/kernel', [32, 10], 3),
    zeros('output/bias', 10),
  ];
  const transforms = guard.checked ? [skipNonFinite(), monitor()] : [monitor()];
  const optimizer = new AdamW({ learningRate: 10 ** Number(rate.value), transforms });
  const inspector = inspect(byId('panel'), optimizer);
  const isLatest = (): boolean => id === latest;
  const waits = (): boolean => isPaused && isLatest();
  for (let step = 0; step < totalSteps && isLatest(); step++) {
    while (waits()) await nextFrame();
    optimizer.learningRate = 10 ** Number(rate.value);
    const loss = optimizer.minimize(() => lossOf(variables, digits, step), true)!;
    isBroken = false;
    const [value] = await loss.data();
    loss.dispose();
    await inspector.update();
    status.textContent = `Step ${step + 1} of ${totalSteps}, loss ${value!.toPrecision(3)}`;
    document.documentElement.dataset['step'] = String(step + 1);
    await nextFrame();
  }
  inspector.dispose();
  optimizer.dispose();
  tf.dispose(variables);
}

let ended: Promise<void> = Promise.resolve();

/** Trains from new, after what trains now has ended. */
function start(digits: Digits): void {
  const id = ++latest;
  isBroken = false;
  ended = ended.then(() => (id === latest ? train(digits, id) : undefined));
}

function showRate(): void {
  byId('rate-number').textContent = (10 ** Number(rate.value)).toExponential(1);
}

pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.textContent = isPaused ? 'Go on' : 'Pause';
});
byId('break').addEventListener('click', () => (isBroken = true));
rate.addEventListener('input', showRate);
showRate();
const [digits] = await Promise.all([fetchDigits(), useBackend('wasm')]);
byId('reset').addEventListener('click', () => start(digits));
guard.addEventListener('change', () => start(digits));
start(digits);

// SPDX-License-Identifier: Apache-2.0
// A run of one optimizer, the way a user of tfjs-layers trains: compile, fit, evaluate.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { first, inputs, type Digits } from './digits.js';

/** How long to train, and from which random weights. */
export interface Training {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Result of a run. */
export interface Outcome {
  /** Share of the test digits recognized. */
  readonly accuracy: number;
  readonly seconds: number;
  /** Kernels that TensorFlow.js runs for one step: forward, backward and the update. */
  readonly kernels: number;
  /** Training loss of every step. */
  readonly losses: readonly number[];
}

/** 784 inputs, one hidden layer of 128. */
export function network(seed: number): layers.LayersModel {
  const { dense } = layers.layers;
  const { glorotNormal, heNormal } = layers.initializers;
  const model = layers.sequential();
  model.add(
    dense({ inputShape: [inputs], units: 128, activation: 'relu', kernelInitializer: heNormal({ seed }) }),
  );
  model.add(dense({ units: 10, activation: 'softmax', kernelInitializer: glorotNormal({ seed: seed + 1 }) }));
  return model;
}

export function stepsPerEpoch(digits: Digits, { batchSize }: Training): number {
  return Math.ceil(digits.images.shape[0] / batchSize);
}

/** Trains a fresh network with an optimizer, which stays the caller's; reports the loss of every step. */
export async function trainNetwork(
  optimizer: tf.Optimizer,
  digits: { readonly train: Digits; readonly test: Digits },
  { epochs, batchSize, seed }: Training,
  { callbacks = [], onStep = () => {}, onModel = () => {} }: TrainingHooks = {},
): Promise<Outcome> {
  const model = network(seed);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

  onModel(model);

  const losses: number[] = [];
  const start = performance.now();
  await model.fit(digits.train.images, digits.train.labels, {
    epochs,
    batchSize,
    shuffle: false, // it would not be by our seed; the digits are in random order already
    verbose: 0,
    callbacks: [
      ...callbacks,
      {
        onBatchEnd: (_batch: number, logs?: layers.Logs) => {
          losses.push(logs!['loss']!);
          onStep(losses.length, losses.at(-1)!);
        },
      },
    ] as layers.CustomCallbackArgs[],
  });
  const seconds = (performance.now() - start) / 1000;

  const scores = model.evaluate(digits.test.images, digits.test.labels) as tf.Scalar[];
  const accuracy = (await scores[1]!.data())[0]!;
  const kernels = await kernelsOfStep(model, digits.train, batchSize);
  tf.dispose(scores);
  model.dispose();
  return { accuracy, seconds, kernels, losses };
}

/** What happens along the way. */
export interface TrainingHooks {
  readonly callbacks?: readonly object[];
  /** Called with the compiled network. */
  readonly onModel?: (model: layers.LayersModel) => void;
  readonly onStep?: (step: number, loss: number) => void;
}

async function kernelsOfStep(model: layers.LayersModel, digits: Digits, batchSize: number): Promise<number> {
  const { images, labels } = first(digits, batchSize);
  const { kernels } = await tf.profile(async () => {
    await model.trainOnBatch(images, labels);
    return [];
  });
  tf.dispose([images, labels]);
  return kernels.length;
}

// SPDX-License-Identifier: Apache-2.0
// The sides of a comparison: an optimizer with something to step on.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { network } from '../digits/training.js';
import { stepOf } from './measure.js';

/** One side: what is timed. */
export interface Side {
  readonly step: () => void | Promise<unknown>;
  /** How many numbers are trained. */
  readonly parameters: number;
  readonly dispose: () => void;
}

const sizes = (tensors: readonly tf.Tensor[]): number => tensors.reduce((sum, { size }) => sum + size, 0);

/** Steps along given gradients. */
export function onGradients(
  optimizer: tf.Optimizer,
  shapes: readonly (readonly number[])[],
  first = (shape: readonly number[]): tf.Tensor => tf.randomNormal([...shape], 0, 0.1, 'float32', 1),
): Side {
  const variables = shapes.map((shape) => tf.tidy(() => tf.variable(first(shape))));
  const gradients = variables.map(({ name, shape }) => ({
    name,
    tensor: tf.randomNormal(shape, 0, 1, 'float32', 2),
  }));
  const loss = tf.scalar(1);
  return {
    step: stepOf(optimizer, variables, gradients, loss),
    parameters: sizes(variables),
    dispose() {
      optimizer.dispose();
      tf.dispose([variables, gradients, loss]);
    },
  };
}

const seed = 1;
const kernelInitializer = (): ReturnType<typeof layers.initializers.heNormal> =>
  layers.initializers.heNormal({ seed });

/** The network of the trials. */
export const dense = (): layers.LayersModel => network(seed);

/** Two convolutions with pooling, of images of 12 x 12: the cpu backend takes long for a convolution. */
export function convolutional(): layers.Sequential {
  const common = { kernelSize: 3, activation: 'relu' as const };
  return layers.sequential({
    layers: [
      layers.layers.conv2d({
        ...common,
        inputShape: [12, 12, 1],
        filters: 4,
        kernelInitializer: kernelInitializer(),
      }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.conv2d({ ...common, filters: 8, kernelInitializer: kernelInitializer() }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernelInitializer() }),
    ],
  });
}

/** Steps of `trainOnBatch`, which evaluate the loss, on batches of random images. */
export function onNetwork(optimizer: tf.Optimizer, make: () => layers.LayersModel, batch: number): Side {
  const model = make();
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const images = tf.randomUniform(
    [batch, ...model.inputs[0]!.shape.slice(1).map(Number)],
    0,
    1,
    'float32',
    seed,
  );
  const digits = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  );
  const labels = tf.oneHot(digits, 10, 1, 0, 'float32');
  return {
    step: () => model.trainOnBatch(images, labels),
    parameters: model.countParams(),
    dispose() {
      model.dispose();
      optimizer.dispose();
      tf.dispose([images, digits, labels]);
    },
  };
}

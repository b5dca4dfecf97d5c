// SPDX-License-Identifier: Apache-2.0
// A small network of tfjs-layers with batch normalization, and its data.

import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export interface Data {
  readonly xs: tf.Tensor;
  readonly ys: tf.Tensor;
}

/** Sixteen examples of y = x₁/2 − x₂/4. */
export function data(): Data {
  const xs = Array.from({ length: 16 }, (_, i) => [Math.sin(i), Math.cos(3 * i)] as const);
  return {
    xs: tf.tensor2d(xs.flat(), [16, 2]),
    ys: tf.tensor2d(
      xs.map(([a, b]) => a / 2 - b / 4),
      [16, 1],
    ),
  };
}

/** A compiled network, with the same weights every time. */
export function network(optimizer: tf.Optimizer, normalizes = true): tfl.Sequential {
  const dense = (units: number, seed: number, inputShape?: number[]): tfl.layers.Layer =>
    tfl.layers.dense({
      units,
      activation: units > 1 ? 'tanh' : 'linear',
      kernelInitializer: tfl.initializers.glorotUniform({ seed }),
      ...(inputShape && { inputShape }),
    });
  const layers = [
    dense(3, 1, [2]),
    ...(normalizes ? [tfl.layers.batchNormalization({ momentum: 0.5 })] : []),
    dense(1, 2),
  ];
  const model = tfl.sequential({ layers });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
}

/** Four batches an epoch, in order. */
export const inOrder = {
  batchSize: 4,
  shuffle: false,
  verbose: 0,
  yieldEvery: 'never',
} as const satisfies tfl.ModelFitArgs;

/** All weights, as numbers. */
export function weightsOf(model: tfl.LayersModel): number[][] {
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}

/** Frees models and the optimizers they were compiled with. */
export function free(...models: tfl.LayersModel[]): void {
  for (const model of models) {
    model.optimizer.dispose();
    model.dispose();
  }
}

/** Runs a test with data that are freed afterwards. */
export async function withData(body: (data: Data) => Promise<void> | void): Promise<void> {
  const made = data();
  try {
    await body(made);
  } finally {
    tf.dispose([made.xs, made.ys]);
  }
}

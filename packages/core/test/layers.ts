// SPDX-License-Identifier: Apache-2.0
// A small model of tfjs-layers, its data, and saving it to memory. Dense layers train on every backend.

import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export interface Data {
  readonly xs: tf.Tensor;
  readonly ys: tf.Tensor;
}

/** Eight examples of y = x₁/2 − x₂/4. */
export function data(): Data {
  const xs = Array.from({ length: 8 }, (_, i) => [Math.sin(i), Math.cos(3 * i)] as const);
  return {
    xs: tf.tensor2d(xs.flat(), [8, 2]),
    ys: tf.tensor2d(
      xs.map(([a, b]) => a / 2 - b / 4),
      [8, 1],
    ),
  };
}

/** Two dense layers with the same weights every time, compiled with two metrics. */
export function model(optimizer: tf.Optimizer): tfl.LayersModel {
  const dense = (units: number, seed: number): tfl.layers.Layer =>
    tfl.layers.dense({
      units,
      activation: 'tanh',
      kernelInitializer: tfl.initializers.glorotUniform({ seed }),
    });
  const input = tfl.input({ shape: [2] });
  const hidden = dense(3, 1).apply(input) as tfl.SymbolicTensor;
  const made = tfl.model({ inputs: input, outputs: dense(1, 2).apply(hidden) as tfl.SymbolicTensor });
  compile(made, optimizer);
  return made;
}

export function compile(model: tfl.LayersModel, optimizer: tf.Optimizer): void {
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae', 'mse'] });
}

/** Two steps an epoch, in order. */
export function fit(model: tfl.LayersModel, { xs, ys }: Data, epochs: number): Promise<tfl.History> {
  return model.fit(xs, ys, { epochs, batchSize: 4, shuffle: false, verbose: 0, yieldEvery: 'never' });
}

/** A data set of two batches an epoch, as far as `fitDataset` looks at it; it disposes what it is given. */
export function dataset({ xs, ys }: Data): Parameters<tfl.LayersModel['fitDataset']>[0] {
  const iterator = (): unknown => {
    const begins = [0, 4];
    const next = (): unknown => {
      const begin = begins.shift();
      if (begin === undefined) return { value: null, done: true };
      return { value: { xs: tf.slice(xs, begin, 4), ys: tf.slice(ys, begin, 4) }, done: false };
    };
    return { next: () => Promise.resolve(next()) };
  };
  return { iterator: () => Promise.resolve(iterator()) } as unknown as ReturnType<typeof dataset>;
}

/** All weights of a model, by layer: those of a model come in another order once a layer is frozen. */
export function weights(model: tfl.LayersModel): Promise<number[][]> {
  const all = model.layers.flatMap((layer) => layer.getWeights());
  return Promise.all(all.map(async (weight) => [...(await weight.data())]));
}

/** What `model.save` gives its handler, with the optimizer. */
export async function save(model: tfl.LayersModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler((artifacts) => {
    saved = artifacts;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
  });
  await model.save(handler, { includeOptimizer: true });
  // Through JSON, as every real handler does.
  const { weightData, ...rest } = saved!;
  return { ...(JSON.parse(JSON.stringify(rest)) as tf.io.ModelArtifacts), weightData: weightData! };
}

export function load(artifacts: tf.io.ModelArtifacts): Promise<tfl.LayersModel> {
  return tfl.loadLayersModel(tf.io.fromMemory(artifacts));
}

/** Frees models and the optimizers they were compiled with. */
export function free(...models: tfl.LayersModel[]): void {
  for (const model of models) {
    model.optimizer.dispose();
    model.dispose();
  }
}

// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { Check, Subject } from './subject.js';

interface Data {
  readonly xs: tf.Tensor;
  readonly ys: tf.Tensor;
}

/** Runs `body` with a compiled model of two dense layers and eight examples, and frees all of it. */
async function withModel(
  subject: Subject,
  body: (model: layers.Sequential, data: Data) => Promise<void>,
): Promise<void> {
  const init = (
    seed: number,
  ): { kernelInitializer: ReturnType<typeof layers.initializers.glorotUniform> } => ({
    kernelInitializer: layers.initializers.glorotUniform({ seed }),
  });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 3, inputShape: [2], activation: 'tanh', ...init(1) }),
      layers.layers.dense({ units: 1, ...init(2) }),
    ],
  });
  const optimizer = subject.make({});
  const xs = tf.tensor2d(
    Array.from({ length: 16 }, (_, i) => Math.sin(i)),
    [8, 2],
  );
  const ys = tf.tensor2d(
    Array.from({ length: 8 }, (_, i) => Math.cos(3 * i)),
    [8, 1],
  );
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae', 'mse'] });
  try {
    await body(model, { xs, ys });
  } finally {
    optimizer.dispose();
    model.dispose();
    tf.dispose([xs, ys]);
  }
}

const fit = (model: layers.LayersModel, { xs, ys }: Data, epochs: number): Promise<layers.History> =>
  model.fit(xs, ys, { epochs, batchSize: 4, shuffle: false, verbose: 0, yieldEvery: 'never' });

const weightsOf = (model: layers.LayersModel): Promise<(Float32Array | Int32Array | Uint8Array)[]> =>
  Promise.all(model.getWeights().map(async (weight) => (await weight.data()).slice()));

/** A data set of one epoch, as `fitDataset` needs it: it disposes what it is given. */
const dataset = ({ xs, ys }: Data): Parameters<layers.LayersModel['fitDataset']>[0] =>
  ({
    iterator: () => {
      const batches = [0, 4].map((begin) => () => ({
        xs: tf.slice(xs, begin, 4),
        ys: tf.slice(ys, begin, 4),
      }));
      return Promise.resolve({
        next: () => {
          const batch = batches.shift();
          return Promise.resolve(batch ? { value: batch(), done: false } : { value: null, done: true });
        },
      });
    },
  }) as unknown as Parameters<layers.LayersModel['fitDataset']>[0];

export const modelChecks: readonly Check[] = [
  {
    name: 'trains a model by fit, fitDataset and trainOnBatch, and leaks nothing',
    run: (subject) =>
      withModel(subject, async (model, data) => {
        const ways: Readonly<Record<string, () => Promise<unknown>>> = {
          fit: () => fit(model, data, 2),
          fitDataset: () => model.fitDataset(dataset(data), { epochs: 2, verbose: 0 }),
          trainOnBatch: () => model.trainOnBatch(data.xs, data.ys),
        };
        for (const [name, run] of Object.entries(ways)) {
          const before = await weightsOf(model);
          await run();
          const { numTensors } = tf.memory();
          await run();
          expect(tf.memory().numTensors, `tensors after ${name}`).toBe(numTensors);
          expect(await weightsOf(model), `weights after ${name}`).not.toEqual(before);
        }
        expect(model.optimizer.iterations).toBe(2 * (4 + 4 + 1));
      }),
  },
  {
    name: 'is saved and loaded with a model, and goes on bit for bit',
    run: (subject) =>
      withModel(subject, async (model, data) => {
        await fit(model, data, 2);
        let artifacts: tf.io.ModelArtifacts | undefined;
        const handler = tf.io.withSaveHandler((given) => {
          artifacts = given;
          return Promise.resolve({
            modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
          });
        });
        await model.save(handler, { includeOptimizer: true });
        const loaded = await layers.loadLayersModel(tf.io.fromMemory(artifacts!));
        const optimizer = loaded.optimizer as BaseOptimizer;
        try {
          expect(optimizer.getClassName()).toBe(subject.name);
          expect(optimizer.iterations).toBe(4);
          await fit(model, data, 2);
          await fit(loaded, data, 2);
          expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
        } finally {
          optimizer.dispose();
          loaded.dispose();
        }
      }),
  },
];

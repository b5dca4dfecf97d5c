// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';

/**
 * Asserts that a model saved with an optimizer of TensorFlow.js is loaded with one of the same class, although we export one of
 * that name.
 *
 * @param optimizer - freed with the model
 */
export async function expectLoadsAsItself(optimizer: tf.Optimizer): Promise<void> {
  const handedOut: tf.Tensor[] = [];
  const saveIterations = optimizer.saveIterations.bind(optimizer);
  // TensorFlow.js forgets this tensor.
  optimizer.saveIterations = async () => {
    const weight = await saveIterations();
    handedOut.push(weight.tensor);
    return weight;
  };
  const model = layers.sequential({ layers: [layers.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  let artifacts: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler((given) => {
    artifacts = given;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
  });
  await model.save(handler, { includeOptimizer: true });
  const loaded = await layers.loadLayersModel(tf.io.fromMemory(artifacts!));
  expect(loaded.optimizer.constructor).toBe(optimizer.constructor);
  expect(loaded.optimizer.getConfig()).toEqual(optimizer.getConfig());
  tf.dispose(handedOut);
  for (const each of [model, loaded]) {
    each.optimizer.dispose();
    each.dispose();
  }
}

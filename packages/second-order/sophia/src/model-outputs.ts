// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';

/** What is used of a model of tfjs-layers. */
export interface SampledModel {
  /** One per output, as `compile` sets them. */
  lossFunctions: ((truth: tf.Tensor, output: tf.Tensor) => tf.Tensor)[];
}

/**
 * Outputs of a model, as its loss functions are given them.
 *
 * @param evaluate - evaluates the loss of the model: what `fit` gives to an optimizer
 */
export function outputsOf(model: SampledModel, evaluate: () => tf.Tensor): tf.Tensor[] {
  // A Sequential trains by a model within it.
  const trained = (model as { model?: SampledModel }).model ?? model;
  const { lossFunctions } = trained;
  const outputs: tf.Tensor[] = [];
  trained.lossFunctions = lossFunctions.map((loss) => (truth, output) => {
    outputs.push(output);
    return loss(truth, output);
  });
  try {
    evaluate();
  } finally {
    trained.lossFunctions = lossFunctions;
  }
  return outputs;
}

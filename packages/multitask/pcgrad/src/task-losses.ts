// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** What {@link taskLosses} uses of a compiled `tf.LayersModel`. */
export interface TaskModel {
  /** Outputs of inputs. */
  apply(inputs: tf.Tensor | tf.Tensor[], options?: { training: boolean }): unknown;
  /** The loss of every output, by example. */
  readonly lossFunctions: readonly ((labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor)[];
  /** Losses of its regularizers. */
  calculateLosses(): tf.Scalar[];
}

/**
 * The losses of a model with several outputs, one a task, for a step on one batch. They are those of `compile`: each the
 * mean over the batch, with an equal part of what regularizers add, so that they add up to the loss of `model.fit`. Every
 * one runs the whole model.
 *
 * @param model - a compiled `tf.LayersModel`
 * @param inputs - of one batch
 * @param labels - of the batch, one tensor for every output
 * @throws TypeError for a model that is not compiled; RangeError for another number of labels than of outputs
 *
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { PCGrad, taskLosses } from '@optim/pcgrad';
 * import type * as tf from '@tensorflow/tfjs-core';
 *
 * const optimizer = new PCGrad(new AdamW());
 * const step = (batch: tf.Tensor, labels: tf.Tensor[]): void => {
 *   optimizer.minimize(taskLosses(model, batch, labels));
 * };
 * ```
 */
export function taskLosses(
  model: TaskModel,
  inputs: tf.Tensor | tf.Tensor[],
  labels: readonly tf.Tensor[],
): (() => tf.Scalar)[] {
  const { lossFunctions } = model;
  if (!lossFunctions?.length) throw new TypeError('taskLosses: model must be compiled');
  const tasks = lossFunctions.length;
  if (labels.length !== tasks) {
    throw new RangeError(
      `taskLosses: labels must be one tensor for each of ${tasks} outputs, got ${labels.length}`,
    );
  }
  return lossFunctions.map((loss, task) => () => {
    const outputs = model.apply(inputs, { training: true });
    const output = (Array.isArray(outputs) ? outputs[task] : outputs) as tf.Tensor;
    const terms = [
      tf.mean(loss(labels[task]!, output)),
      ...model.calculateLosses().map((term) => tf.div(term, tasks)),
    ];
    return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
  });
}

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { undisturbed } from '@optim/evaluation';
import { batchesOf, type Data, type Tensors } from './batches.js';
import { atEvaluationPoint, evaluatedBy } from './evaluate-averaged.js';
import { assertModel, type Layer, type Model } from './training.js';

/** What is read of a layer of batch normalization. */
interface Normalizing extends Layer {
  readonly movingMean: { read(): tf.Variable };
  readonly movingVariance: { read(): tf.Variable };
  momentum: number;
}

/** A model that can be run as if in training. */
interface Applied extends Model {
  apply(inputs: Tensors, options: { training: boolean }): tf.Tensor | tf.Tensor[];
}

/** Layers of batch normalization, those of models within a model too. */
function normalizing(layers: readonly Layer[]): Normalizing[] {
  return layers.flatMap((layer) => [
    ...normalizing(layer.layers ?? []),
    ...('movingMean' in layer && 'movingVariance' in layer ? [layer as Normalizing] : []),
  ]);
}

/**
 * Computes the statistics of batch normalization anew: means and variances of batches in training mode, averaged over all
 * examples. What is needed after weights were averaged, whose statistics no step has seen (`update_bn` of PyTorch, which
 * averages over batches). Of a model that is seen at the evaluation point (see {@link evaluateAveraged}) they are those of that point.
 *
 * @param model - of tfjs-layers
 * @param data - the training data, or enough of it: `{ xs, batchSize }`, an iterable of batches, or a data set
 * @returns the number of layers whose statistics were computed
 * @throws TypeError for what is no model or no data; RangeError for no batches. The statistics stay as they were then
 * @example `await refreshBatchNorm(model, { xs, batchSize: 64 })`
 */
export async function refreshBatchNorm(model: Model, data: Data): Promise<number> {
  assertModel('refreshBatchNorm', model);
  const layers = [...new Set(normalizing(model.layers))];
  if (layers.length === 0) return 0;
  const refresh = (): Promise<number> => refreshed(model as Applied, layers, data);
  return evaluatedBy(model) ? atEvaluationPoint(model, refresh) : refresh();
}

async function refreshed(model: Applied, layers: readonly Normalizing[], data: Data): Promise<number> {
  const statistics = layers.flatMap(({ movingMean, movingVariance }) => [
    movingMean.read(),
    movingVariance.read(),
  ]);
  const zeros = statistics.map((variable) => tf.zerosLike(variable));
  let sums: tf.Tensor[] = zeros.map((zero) => tf.clone(zero));
  let examples = 0;
  try {
    for await (const { xs } of batchesOf('refreshBatchNorm', data)) {
      const size = (Object.values(xs instanceof tf.Tensor ? [xs] : xs)[0] as tf.Tensor).shape[0]!;
      if (statistics.some(({ isDisposed }) => isDisposed))
        throw new Error('refreshBatchNorm: the model was disposed while data were awaited');
      // Between two batches the model is as it was.
      const summed = undisturbed(statistics, () =>
        withoutMemory(layers, () =>
          tf.tidy(() => {
            statistics.forEach((variable, i) => variable.assign(zeros[i]!));
            model.apply(xs, { training: true });
            return sums.map((sum, i) => tf.add(sum, tf.mul(statistics[i]!, size)));
          }),
        ),
      );
      tf.dispose(sums);
      sums = summed;
      examples += size;
    }
    if (examples === 0) throw new RangeError('refreshBatchNorm: data must have at least one batch, got none');
    tf.tidy(() => statistics.forEach((variable, i) => variable.assign(tf.div(sums[i]!, examples))));
    return layers.length;
  } finally {
    tf.dispose([zeros, sums]);
  }
}

/** From zero and with no memory, a moving statistic is that of the batch. */
function withoutMemory<T>(layers: readonly Normalizing[], run: () => T): T {
  const momenta = layers.map(({ momentum }) => momentum);
  try {
    for (const layer of layers) layer.momentum = 0;
    return run();
  } finally {
    layers.forEach((layer, i) => (layer.momentum = momenta[i]!));
  }
}

// SPDX-License-Identifier: Apache-2.0
// A regression by a small network, beside Adam with as many evaluations.

import { fitLeastSquares, type LevenbergMarquardt } from '@optim/levenbergmarquardt';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';

/** 60 points of sin 3t + t²/2, a network of 12 tanh units, half the sum of squares. */
export function wave(): {
  readonly problem: {
    loss: () => tf.Scalar;
    variables: tf.Variable[];
    error: () => tf.Scalar;
    dispose: () => void;
  };
  /** One call of the optimizer; returns the loss at its start. */
  readonly call: (optimizer: LevenbergMarquardt) => Promise<number>;
} {
  const at = Array.from({ length: 60 }, (_, i) => (i - 29.5) / 20);
  const x = tf.tensor2d(at, [60, 1]);
  const y = tf.tensor2d(
    at.map((t) => Math.sin(3 * t) + t ** 2 / 2),
    [60, 1],
  );
  const seeded = (seed: number): object => ({
    kernelInitializer: layers.initializers.glorotUniform({ seed }),
    biasInitializer: layers.initializers.randomUniform({ minval: -1, maxval: 1, seed: seed + 10 }),
  });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 12, activation: 'tanh', inputShape: [1], ...seeded(1) }),
      layers.layers.dense({ units: 1, ...seeded(2) }),
    ],
  });
  const loss = (): tf.Scalar =>
    tf.tidy(() => tf.mul(tf.sum(tf.square(tf.sub(model.apply(x) as tf.Tensor, y))), 0.5));
  return {
    problem: {
      loss,
      error: loss,
      variables: model.trainableWeights.map((weight) => weight.read() as tf.Variable),
      dispose() {
        model.dispose();
        tf.dispose([x, y]);
      },
    },
    call: async (optimizer) => (await fitLeastSquares(model, x, y, { calls: 1, optimizer }))[0]!,
  };
}

// SPDX-License-Identifier: Apache-2.0

import { LevenbergMarquardt, type LevenbergMarquardtOptions } from '@optim/levenbergmarquardt';
import { goldenSuite, type GoldenCase } from '@optim/testing';
import golden from '@optim/testing/golden/LevenbergMarquardt.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';

/** What a case of residuals holds. */
interface Regression extends GoldenCase {
  readonly x: { readonly shape: [number, number]; readonly values: number[] };
  readonly y: { readonly shape: [number, number]; readonly values: number[] };
}

goldenSuite(golden, (options) => new LevenbergMarquardt(options as LevenbergMarquardtOptions), {
  // The one way that every backend has.
  async minimize(optimizer, variables, golden) {
    const { x, y } = golden as Regression;
    const [inputs, targets] = [tf.tensor2d(x.values, x.shape), tf.tensor2d(y.values, y.shape)];
    const [w1, b1, w2, b2] = [...variables] as unknown as [tf.Tensor2D, tf.Tensor, tf.Tensor2D, tf.Tensor];
    const residuals = (): tf.Tensor => {
      const hidden = tf.tanh(tf.add(tf.matMul(inputs, w1), b1)) as tf.Tensor2D;
      return tf.sub(tf.add(tf.matMul(hidden, w2), b2), targets);
    };
    const loss = await optimizer.minimizeAsync(residuals, [...variables]);
    tf.dispose([inputs, targets]);
    return loss;
  },
});

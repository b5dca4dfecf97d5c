// SPDX-License-Identifier: Apache-2.0

import { LevenbergMarquardt, type LevenbergMarquardtOptions } from '@optim/levenbergmarquardt';
import { conformance, goldenSuite, type GoldenCase } from '@optim/testing';
import golden from '@optim/testing/golden/LevenbergMarquardt.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';

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

/** Takes a loss f for the one residual √(2f + 1), of which half the square is f but for a constant. */
class OfLoss extends LevenbergMarquardt {
  override minimize(f: () => tf.Scalar, returnCost = false, varList?: tf.Variable[]): tf.Scalar | null {
    const residual = (): tf.Tensor => tf.tidy(() => tf.reshape(tf.sqrt(tf.add(tf.mul(f(), 2), 1)), [1]));
    return super.minimize(residual as () => tf.Scalar, returnCost, varList);
  }
}

const noFit = 'a call from model.fit is refused';
const noGroups = 'parameter groups are refused';

// It reads at once, and the suite does not wait.
if (inject('backend') !== 'webgpu') {
  conformance((options) => new OfLoss(options as LevenbergMarquardtOptions), undefined, {
    'leaves a variable without a gradient and its state alone':
      'its derivatives are zeros among the others, and its count of updates goes on; the variable stays',
    'is made again from its configuration as JSON, and trains the same': noGroups,
    'gives a group that holds every variable what it gives the option': noGroups,
    'trains as if what has a rate of 0, or is frozen, were not there': noGroups,
    'takes hooks; one that changes nothing changes nothing': 'hooks are refused',
    'refuses wrong gradients and losses, and nothing has changed': 'losses are those of the class above',
    'trains a model by fit, fitDataset and trainOnBatch, and leaks nothing': noFit,
    'is saved and loaded with a model, and goes on bit for bit': noFit,
  });
}

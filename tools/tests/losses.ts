// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/**
 * What `minimize` of a class takes: a loss, several of them, or residuals.
 *
 * @param x - the variable; RotoGrad takes one of rank 2
 * @param target - where the loss is least
 */
export function lossFor(name: string, x: tf.Variable, target: () => number = () => 0): () => tf.Scalar {
  const away = (of: tf.Tensor = x): tf.Tensor => tf.sub(of, target());
  const loss = (of?: tf.Tensor): tf.Scalar => tf.sum(tf.square(away(of)));
  const special: unknown = {
    RotoGrad: { features: () => tf.clone(x), losses: [loss, loss] },
    PCGrad: [() => loss(), () => tf.sum(x)],
    LevenbergMarquardt: () => away(),
  }[name];
  return (special ?? (() => loss())) as () => tf.Scalar;
}

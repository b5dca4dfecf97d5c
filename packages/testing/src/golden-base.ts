// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** `tf.train.momentum` that frees all it made: the original forgets the tensor of its rate. */
export class Momentum extends tf.MomentumOptimizer {
  override dispose(): void {
    super.dispose();
    this.c.dispose();
  }
}

/**
 * The base that a wrapper's golden case names.
 *
 * @param base - `options.base` of the case
 * @param adamW - makes the AdamW of `@optim/adamw`, which this package cannot import
 */
export function goldenBase(base: unknown, adamW: (options: object) => tf.Optimizer): tf.Optimizer {
  const { optimizer, ...options } = base as {
    optimizer: string;
    learningRate: number;
    momentum?: number;
    nesterov?: boolean;
  };
  if (optimizer === 'AdamW') return adamW(options);
  return new Momentum(options.learningRate, options.momentum ?? 0, options.nesterov);
}

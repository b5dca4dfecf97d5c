// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';

/** Whether a value is a tensor that has not been disposed. */
export function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor && value.isDisposed === false;
}

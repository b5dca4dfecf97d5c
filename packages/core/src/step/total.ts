// SPDX-License-Identifier: Apache-2.0

import { executorFor } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';

/** As many as webgpu adds right at once: from eight operands on its `AddN` of version 4.22 drops some. */
const most = 7;

/** Sum of scalars, in their order; each may have axes of length 1. To be called in a tidy. */
export function total(parts: readonly tf.Tensor[]): tf.Scalar {
  const scalars = parts.map((part) => (part.rank === 0 ? part : tf.reshape(part, [])));
  const exact = executorFor(tf.getBackend()).sum?.(scalars);
  if (exact) return exact as tf.Scalar;
  let sum = scalars[0]!;
  for (let at = 1; at < scalars.length; at += most - 1)
    sum = tf.addN([sum, ...scalars.slice(at, at + most - 1)]);
  return sum as tf.Scalar;
}

// SPDX-License-Identifier: Apache-2.0

import { defineHook, type BaseOptimizer, type Hook } from '@optim/core/authoring';
import * as tf from '@tensorflow/tfjs-core';

const observed = defineHook('observed', {}, () => ({
  reads: ['secondMoment'],
  globals: { sum: 0 },
  observe: ({ secondMoment }) => ({ sum: secondMoment!.sum() }),
  combine: ({ sum }) => ({ sum: sum! }),
  update: ({ param }) => ({ param: param! }),
}));

/**
 * The second moment that an algorithm gives its hooks in the last of some steps, summed over the elements of a variable of
 * rank 1.
 *
 * @param make - the optimizer, given its hooks
 */
export async function observedSecondMoment(
  make: (transforms: Hook[]) => BaseOptimizer & { readGlobals(): Promise<Record<string, number>> },
  gradients: readonly (readonly number[])[],
): Promise<number> {
  const optimizer = make([observed()]);
  const x = tf.tidy(() => tf.variable(tf.zeros([gradients[0]!.length]), true, 'x'));
  try {
    for (const gradient of gradients)
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([...gradient]) }));
    return (await optimizer.readGlobals())['observed.sum']!;
  } finally {
    x.dispose();
    optimizer.dispose();
  }
}

// SPDX-License-Identifier: Apache-2.0
// A small training for tests of wrappers.

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';

const first = { kernel: [1, -2, 3, -4], bias: [0.5, -0.5] };

export const variables = (): tf.Variable[] =>
  tf.tidy(() => [
    tf.variable(tf.tensor2d(first.kernel, [2, 2]), true, 'kernel'),
    tf.variable(tf.tensor1d(first.bias), true, 'bias'),
  ]);

/** Puts variables back to where they began. */
export function putBack(of: readonly tf.Variable[]): void {
  tf.tidy(() => {
    of[0]!.assign(tf.tensor2d(first.kernel, [2, 2]));
    of[1]!.assign(tf.tensor1d(first.bias));
  });
}

export const read = (of: readonly tf.Variable[]): number[] =>
  of.flatMap((variable) => [...variable.dataSync()]);

/** Steps `from` to `to`, both included; PCGrad has two tasks. */
export function train(
  optimizer: BaseOptimizer,
  of: readonly tf.Variable[],
  from: number,
  to: number,
  before: (t: number) => void = () => undefined,
): void {
  for (let t = from; t <= to; t++) {
    before(t);
    const task = (shift: number) => (): tf.Scalar =>
      tf.addN(of.map((p) => tf.sum(tf.square(tf.sub(p, Math.sin(t) + shift))))) as tf.Scalar;
    const tasks = optimizer.getClassName() === 'PCGrad' ? [task(0), task(1)] : task(0);
    optimizer.minimize(tasks as () => tf.Scalar, false, [...of]);
  }
}

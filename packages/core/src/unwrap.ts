// SPDX-License-Identifier: Apache-2.0
// What is inside a wrapper.

import type * as tf from '@tensorflow/tfjs-core';
import type { BaseOptimizer } from '@optim/contract';
import { Optimizer } from './optimizer.js';
import { Wrapper } from './wrapper.js';

/** The learning rate of an optimizer's next step for one variable: that of its group, where there are groups. */
export function learningRateOf(optimizer: tf.Optimizer, variable: tf.Variable): number {
  if (optimizer instanceof Wrapper) return learningRateOf(optimizer.base, variable);
  if (optimizer instanceof Optimizer) return optimizer.learningRateOf(variable);
  return (optimizer as unknown as { learningRate: number }).learningRate;
}

/** An optimizer and, where it is a wrapper, all it wraps, from the outside in. */
export function unwrap(optimizer: tf.Optimizer): tf.Optimizer[] {
  return optimizer instanceof Wrapper ? [optimizer, ...unwrap(optimizer.base)] : [optimizer];
}

/**
 * Refuses a base that cannot step along a given gradient.
 *
 * @throws TypeError where the base, or what it wraps, needs the loss itself
 */
export function assertFollows(owner: string, base: tf.Optimizer): void {
  const closing = unwrap(base).find(({ constructor }) =>
    (constructor as Partial<typeof BaseOptimizer>).needs?.includes('closure'),
  );
  if (!closing) return;
  const name = closing.getClassName();
  throw new TypeError(`${owner}: base must step along a given gradient, but ${name} needs the loss itself`);
}

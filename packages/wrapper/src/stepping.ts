// SPDX-License-Identifier: Apache-2.0
// What a step of the base has done.

import { BaseOptimizer } from '@optim/contract';
import * as tf from '@tensorflow/tfjs-core';
import { Wrapper } from './wrapper.js';

/** Steps counted by an optimizer and, where it is a wrapper, by all it wraps. */
function stepsOf(optimizer: tf.Optimizer): number[] {
  if (!(optimizer instanceof BaseOptimizer)) return [];
  // One with others lets only some of them step.
  const wraps = optimizer instanceof Wrapper && optimizer.others.length === 0;
  return [optimizer.iterations, ...(wraps ? stepsOf(optimizer.base) : [])];
}

/**
 * Whether a call has let an optimizer update parameters: one of ours may only gather gradients, or leave a step out. One of
 * TensorFlow.js does so in every call.
 */
export function hasStepped(optimizer: tf.Optimizer, call: () => void): boolean {
  const before = stepsOf(optimizer);
  call();
  return stepsOf(optimizer).every((steps, i) => steps > before[i]!);
}

/** Whether an optimizer evaluates the loss in a way of its own, as SAM does, so that a wrapper must leave that to it. */
export function evaluatesItself({ minimize }: tf.Optimizer): boolean {
  return minimize !== BaseOptimizer.prototype.minimize && minimize !== tf.Optimizer.prototype.minimize;
}

/** A variable with its value before a step. */
export type Moved = readonly [variable: tf.Variable, before: tf.Tensor];

/**
 * Runs a call of an optimizer that evaluates the loss itself.
 *
 * @param listed - the variables to train; all trainable ones when absent
 * @param after - is given those that have moved, once it is known which, and whether the optimizer {@link hasStepped}
 */
export function observeMoved<T>(
  optimizer: tf.Optimizer,
  listed: readonly tf.Variable[] | undefined,
  call: () => T,
  after: (moved: readonly Moved[], stepped: boolean) => void,
): T {
  // What is no list, or no variable, the step refuses.
  const all = new Set(Array.isArray(listed) ? listed : Object.values(tf.engine().registeredVariables));
  // A variable made from another shares its tensor, so that nothing is copied or updated in place.
  const before = [...all]
    .filter((each) => each instanceof tf.Variable && each.trainable)
    .map((p): Moved => [p, tf.variable(p, false)]);
  try {
    let result: T;
    const stepped = hasStepped(optimizer, () => (result = call()));
    const moved = before.filter(([variable, value]) => variable.dataId !== value.dataId);
    after(moved, stepped);
    return result!;
  } finally {
    tf.dispose(before.map(([, value]) => value));
  }
}

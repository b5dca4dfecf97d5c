// SPDX-License-Identifier: Apache-2.0
// What is inside a wrapper.

import * as tf from '@tensorflow/tfjs-core';
import { BaseOptimizer } from '@optim/contract';
import { Optimizer } from './optimizer.js';
import { Wrapper } from './wrapper.js';

/** The learning rate of an optimizer's next step for one variable: that of its group, where there are groups. */
export function learningRateOf(optimizer: tf.Optimizer, variable: tf.Variable): number {
  if (optimizer instanceof Wrapper) return learningRateOf(optimizer.optimizerOf(variable), variable);
  if (optimizer instanceof Optimizer) return optimizer.learningRateOf(variable);
  return (optimizer as unknown as { learningRate: number }).learningRate;
}

/** An optimizer and, where it is a wrapper, all it wraps, from the outside in. */
export function unwrap(optimizer: tf.Optimizer): tf.Optimizer[] {
  if (!(optimizer instanceof Wrapper)) return [optimizer];
  return [optimizer, ...[optimizer.base, ...optimizer.others].flatMap(unwrap)];
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

/**
 * Refuses an optimizer that needs more than gradients.
 *
 * @param what - stands for it in the message
 * @throws TypeError where it, or what it wraps, needs the loss
 */
export function assertGradientsOnly(owner: string, optimizer: tf.Optimizer, what = 'base'): void {
  for (const inside of unwrap(optimizer)) {
    const { needs = [] } = inside.constructor as Partial<typeof BaseOptimizer>;
    const other = needs.find((need) => need !== 'gradient');
    if (other)
      throw new TypeError(
        `${owner}: ${what} must need gradients only, but ${inside.getClassName()} needs the loss${other === 'closure' ? ' itself' : ''}`,
      );
  }
}

/** Whether a class moves variables to an evaluation point by itself. */
function movesToEvaluate(optimizer: tf.Optimizer): boolean {
  const { toEvaluationPoint } = optimizer as unknown as { toEvaluationPoint?: unknown };
  const plain = [BaseOptimizer, Wrapper].map(
    ({ prototype }) => (prototype as unknown as { toEvaluationPoint: unknown }).toEvaluationPoint,
  );
  return toEvaluationPoint !== undefined && !plain.includes(toEvaluationPoint);
}

/**
 * Refuses a base with an evaluation point, which two optimizers cannot both have.
 *
 * @throws TypeError where the base, or what it wraps, has one of its own
 */
export function assertOnePoint(owner: string, base: tf.Optimizer): void {
  const moving = unwrap(base).find(
    (inner) => (inner.constructor as Partial<typeof BaseOptimizer>).looksAhead || movesToEvaluate(inner),
  );
  if (!moving) return;
  throw new TypeError(
    `${owner}: base must have no evaluation point of its own, got ${moving.getClassName()}`,
  );
}

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
 * Runs a step of an optimizer that evaluates the loss itself.
 *
 * @param listed - the variables to train; all trainable ones when absent
 * @param after - is given those that have moved, once it is known which
 */
export function observeMoved<T>(
  listed: readonly tf.Variable[] | undefined,
  step: () => T,
  after: (moved: readonly Moved[]) => void,
): T {
  const all = new Set(listed ?? Object.values(tf.engine().registeredVariables));
  // A variable made from another shares its tensor, so that nothing is copied or updated in place.
  const before = [...all].filter(({ trainable }) => trainable).map((p): Moved => [p, tf.variable(p, false)]);
  try {
    const result = step();
    after(before.filter(([variable, value]) => variable.dataId !== value.dataId));
    return result;
  } finally {
    tf.dispose(before.map(([, value]) => value));
  }
}

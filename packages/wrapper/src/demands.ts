// SPDX-License-Identifier: Apache-2.0
// What a wrapper asks of its base.

import { BaseOptimizer, unwrap } from '@optim/contract';
import type * as tf from '@tensorflow/tfjs-core';
import { Wrapper } from './wrapper.js';

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

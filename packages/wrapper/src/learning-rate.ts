// SPDX-License-Identifier: Apache-2.0
// The learning rate of any optimizer, of ours or of TensorFlow.js.

import { BaseOptimizer } from '@optim/contract';
import { check, real, type Schedule } from '@optim/options';
import { assignRate } from '@optim/state';
import type * as tf from '@tensorflow/tfjs-core';

type Rated = tf.Optimizer & { learningRate: number };

/** The learning rate of an optimizer's next step for one variable: that of its group, where there are groups. */
export function learningRateOf(optimizer: tf.Optimizer, variable: tf.Variable): number {
  const ofVariable = optimizer instanceof BaseOptimizer ? optimizer.learningRateOf?.(variable) : undefined;
  return ofVariable ?? (optimizer as Rated).learningRate;
}

/**
 * Which variables the next step of an optimizer moves: not those of rate 0, or frozen, beside others; all, where it moves none.
 * What it leaves in its place counts for nothing in a sum over all parameters.
 */
export function movedBy(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
): ReadonlySet<tf.Variable> {
  const moved = variables.filter((variable) => learningRateOf(optimizer, variable) !== 0);
  return new Set(moved.length > 0 ? moved : variables);
}

/** What may be a rate, or a factor on one; those of TensorFlow.js would take anything. */
const rates = /* @__PURE__ */ real('[0, ∞)');

/**
 * @throws TypeError for what is no rate, and for a schedule where the optimizer takes numbers alone; RangeError for a rate out of
 * range
 */
export function setRate(owner: string, optimizer: tf.Optimizer, rate: number | Schedule): void {
  if (optimizer instanceof BaseOptimizer) {
    optimizer.learningRate = rate;
    return;
  }
  check(owner, `learningRate of the base ${optimizer.getClassName()}`, rates, rate);
  assignRate(optimizer, rate as number);
}

/**
 * Multiplies the learning rates of an optimizer by a factor.
 * @throws TypeError or RangeError for what is no factor, or makes a rate that is none
 */
export function scaleRate(owner: string, optimizer: tf.Optimizer, factor: number): void {
  check(owner, 'the factor on the learning rate', rates, factor);
  const scaling = optimizer as unknown as { learningRate: number; scaleLearningRate?(factor: number): void };
  if (scaling.scaleLearningRate) scaling.scaleLearningRate(factor);
  else setRate(owner, optimizer, scaling.learningRate * factor);
}

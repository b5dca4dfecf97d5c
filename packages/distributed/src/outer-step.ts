// SPDX-License-Identifier: Apache-2.0
// McMahan and others, "Communication-Efficient Learning of Deep Networks from Decentralized Data", arXiv:1602.05629
// Reddi and others, "Adaptive Federated Optimization", arXiv:2003.00295
// Douillard and others, "DiLoCo: Distributed Low-Communication Training of Language Models", arXiv:2311.08105

import { assertOptimizer, isTensor } from '@optim/contract';
import { sameShape, showShape } from '@optim/fusion';
import { isArrayOf, isRecord, show } from '@optim/options';
import { held } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';

/** Averages by the name of their variable, or by the variable. */
export type Averaged = Readonly<tf.NamedTensorMap> | ReadonlyMap<tf.Variable, tf.Tensor>;

/** A variable and the change that local training proposes for it, downwards: where it started minus where it went. */
export interface Change {
  readonly variable: tf.Variable;
  readonly change: tf.Tensor;
}

/**
 * One step of an outer optimizer along the pseudo-gradient of a round: the change of the averaged weights, upside down.
 *
 * ```text
 * G = W − A                         W: the weights the round started from, A: the average of where the workers went
 * W ← outer step from W with G
 * ```
 *
 * | method      | outer optimizer |
 * | ----------- | --------------- |
 * | FedAvg      | SGDW, learning rate 1: lands on A |
 * | FedAvgM     | SGDW, learning rate 1, momentum 0.9 |
 * | FedAdam     | AdamW, learning rate 0.01 to 0.1, beta2 0.99, epsilon 1e-3, no weight decay |
 * | FedYogi     | Yogi, the same |
 * | FedAdagrad  | AdaGrad, epsilon 1e-3 |
 * | DiLoCo      | SGDW, learning rate 0.7, momentum 0.9, Nesterov |
 *
 * G has the scale of a weight change, not of a gradient: an epsilon of 1e-8 would make FedAdam jump by the whole learning rate
 * in every element. The papers' FedAdam and FedYogi correct no bias, ours do. Variables that are not trainable, such as the
 * statistics of batch normalization, become the average itself.
 *
 * @param optimizer - the outer one, which counts rounds; it belongs to nobody else
 * @param variables - with the weights that the round started from
 * @param averaged - the averages, as they are at the call; a variable without one stays as it is
 * @throws RangeError (as a rejection) for no variables, an unknown name, another shape, a value that is not finite; TypeError
 * for what is no variable or tensor. Nothing has changed then.
 * @see https://arxiv.org/abs/2003.00295
 */
export async function outerStep(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  averaged: Averaged,
): Promise<void> {
  assertOptimizer('outerStep', optimizer);
  const pairs = pairsOf(variables, averaged).map(([variable, average]) => [variable, held(average)] as const);
  const finite = tf.tidy(() => pairs.map(([, average]) => tf.all(tf.isFinite(average))));
  try {
    const answers = await Promise.all(finite.map((each) => each.data()));
    const wrong = answers.findIndex((answer) => !answer[0]);
    if (wrong >= 0)
      throw new RangeError(`outerStep: the average of ${show(pairs[wrong]![0].name)} must be finite`);
    // Variables may be gone meanwhile.
    const checked = pairsOf(variables, new Map(pairs));
    tf.tidy(() =>
      follow(
        optimizer,
        checked.map(([variable, average]) => ({ variable, change: tf.sub(variable, average) })),
      ),
    );
  } finally {
    tf.dispose([finite, pairs.map(([, average]) => average)]);
  }
}

/** A step of the outer optimizer along changes; what is not trainable makes its change in full. */
export function follow(optimizer: tf.Optimizer, changes: readonly Change[]): void {
  const trained = changes.filter(({ variable }) => variable.trainable);
  const plain = changes.filter(({ variable }) => !variable.trainable);
  (optimizer as { applyGradients(list: { name: string; tensor: tf.Tensor }[]): void }).applyGradients(
    trained.map(({ variable, change }) => ({ name: variable.name, tensor: change })),
  );
  tf.tidy(() => {
    for (const { variable, change } of plain) variable.assign(tf.sub(variable, change));
  });
}

/** Variables, each with its average. */
function pairsOf(variables: readonly tf.Variable[], averaged: Averaged): [tf.Variable, tf.Tensor][] {
  if (!isArrayOf(variables, (each) => each instanceof tf.Variable && isTensor(each)))
    throw new TypeError(
      `outerStep: variables must be an array of variables, none of them disposed, got ${show(variables)}`,
    );
  if (variables.length === 0) throw new RangeError('outerStep: variables must not be empty');
  if (!(averaged instanceof Map) && !isRecord(averaged))
    throw new TypeError(
      `outerStep: averaged must be averages by name, or a Map of them, got ${show(averaged)}`,
    );
  const given = averaged instanceof Map ? [...averaged] : Object.entries(averaged as tf.NamedTensorMap);
  return given.map(([key, average]: [string | tf.Variable, tf.Tensor]) => {
    const variable = variables.find((each) => each === key || each.name === key);
    if (!variable)
      throw new RangeError(
        `outerStep: averaged must be of the variables given, got ${show(key instanceof tf.Variable ? key.name : key)}`,
      );
    if (!isTensor(average))
      throw new TypeError(
        `outerStep: the average of ${show(variable.name)} must be a tensor, got ${show(average)}`,
      );
    if (!sameShape(average.shape, variable.shape))
      throw new RangeError(
        `outerStep: the average of ${show(variable.name)} must have shape ${showShape(variable.shape)}, got ${showShape(average.shape)}`,
      );
    return [variable, average];
  });
}

/**
 * The weighted mean of the weights of several workers: A = Σ cᵢWᵢ with Σ cᵢ = 1.
 *
 * @param list - weights by name, one map for each worker
 * @param counts - how much each worker counts, such as its number of examples, in any unit; default all alike
 * @returns the means by name, which are the caller's
 * @throws RangeError for no weights, maps that do not have the same names and shapes, counts that are negative or all zero
 */
export function averageWeights(
  list: readonly Readonly<tf.NamedTensorMap>[],
  counts: readonly number[] = Array.isArray(list) ? list.map(() => 1) : [],
): tf.NamedTensorMap {
  const isWeights = (each: unknown): boolean => isRecord(each) && Object.values(each).every(isTensor);
  if (!isArrayOf(list, isWeights))
    throw new TypeError(`averageWeights: list must be an array of tensors by name, got ${show(list)}`);
  if (!isArrayOf(counts, (count) => typeof count === 'number'))
    throw new TypeError(`averageWeights: counts must be an array of numbers, got ${show(counts)}`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (list.length === 0) throw new RangeError('averageWeights: list must not be empty');
  if (
    counts.length !== list.length ||
    counts.some((count) => !(count >= 0)) ||
    !(total > 0 && total < Infinity)
  )
    throw new RangeError(
      `averageWeights: counts must be ${list.length} numbers from 0 on, not all 0, got ${show(counts)}`,
    );
  const names = Object.keys(list[0]!);
  for (const [i, each] of list.entries()) {
    const isAlike =
      Object.keys(each).length === names.length &&
      names.every((name) => each[name] !== undefined && sameShape(each[name].shape, list[0]![name]!.shape));
    if (!isAlike)
      throw new RangeError(`averageWeights: list[${i}] must have the names and shapes of list[0]`);
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      tf.tidy(() => tf.addN(list.map((each, i) => tf.mul(each[name]!, counts[i]! / total)))),
    ]),
  );
}

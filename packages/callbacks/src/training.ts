// SPDX-License-Identifier: Apache-2.0
// What is trained, by what, and what a callback is told, in the form that tfjs-layers gives them.

import * as tf from '@tensorflow/tfjs-core';
import { assertOptimizer, isTensor } from '@optim/contract';
import { isArrayOf, isRecord, show } from '@optim/options';

/** A weight of a layer. */
export interface Weight {
  readonly name: string;
  readonly originalName: string;
  read(): tf.Tensor;
}

/** What is read of a layer of tfjs-layers; of one that is a model, its layers. */
export interface Layer {
  readonly weights: readonly Weight[];
  readonly layers?: readonly Layer[];
  getClassName(): string;
}

/** What is read of a model of tfjs-layers, which is no dependency of this package. */
export interface Model {
  readonly layers: readonly Layer[];
  readonly optimizer: tf.Optimizer;
  stopTraining: boolean;
}

/** What a loop of one's own trains. */
export interface Loop {
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
}

/** A model of tfjs-layers, or the variables and the optimizer of a loop of one's own. */
export type Training = Model | Loop;

/** Metrics by name. */
export type Logs = Record<string, number>;

/** Parts of a training whose state a checkpoint saves. */
export interface Resumable {
  /** What it needs to go on, as JSON. */
  getState(): unknown;
  /** @throws TypeError or RangeError for a state that {@link getState} would not give */
  setState(state: never): void;
  /** Tensors it keeps, one for each weight in their order; they stay its own. None where it keeps none now. */
  getTensors?(): readonly tf.Tensor[];
  /** Takes over tensors that {@link getTensors} gave. */
  setTensors?(tensors: readonly tf.Tensor[]): void;
}

/** Whether it is a loop of one's own. */
function isLoop(training: Training): training is Loop {
  return 'variables' in training;
}

/** Whether it has layers with weights that can be read. */
function hasLayers(given: object): given is Model {
  const isWeight = (weight: unknown): boolean => typeof (weight as Weight | null)?.read === 'function';
  return isArrayOf((given as Partial<Model>).layers, (layer) =>
    isArrayOf((layer as Layer | null)?.weights, isWeight),
  );
}

/**
 * Refuses what is neither a model nor a loop.
 * @throws TypeError
 */
export function assertTraining(owner: string, training: unknown): asserts training is Training {
  if (typeof training === 'object' && training !== null) {
    const { variables, optimizer } = training as Partial<Loop>;
    const isOne = 'variables' in training ? isArrayOf(variables, isLive) : hasLayers(training);
    if (isOne) return assertOptimizer(owner, optimizer);
  }
  throw new TypeError(
    `${owner}: must be given a model that is compiled, or { variables, optimizer }, got ${show(training)}`,
  );
}

const isLive = (each: unknown): boolean => each instanceof tf.Variable && isTensor(each);

/**
 * Refuses what is no model.
 * @throws TypeError
 */
export function assertModel(owner: string, model: unknown): asserts model is Model {
  assertTraining(owner, model);
  if (isLoop(model)) throw new TypeError(`${owner}: model must have layers, got ${show(model)}`);
}

/** All variables of what is trained, also those that are not, such as statistics of batch normalization, by layer. */
export function variablesOf(training: Training): tf.Variable[] {
  if (isLoop(training)) return [...training.variables];
  // Not `model.weights`, whose order changes when a layer is frozen.
  const weights = training.layers.flatMap((layer) => layer.weights);
  return [...new Set(weights.map((weight) => weight.read() as tf.Variable))];
}

/** Those of them that an optimizer may know. */
export function trainedOf(training: Training): tf.Variable[] {
  return variablesOf(training).filter(({ trainable }) => trainable);
}

/** Ends `fit` after the batch or epoch it is at; a loop of one's own asks its callbacks. */
export function stop(training: Training): void {
  if (!isLoop(training)) training.stopTraining = true;
}

/** Gives variables back the bits they had. */
export function putBack(variables: readonly tf.Variable[], before: readonly tf.Tensor[]): void {
  variables.forEach((variable, i) => {
    if (variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
  });
}

/**
 * A metric among the logs.
 * @throws RangeError where it is not there
 */
export function metricOf(owner: string, monitor: string, logs: unknown): number {
  const known = isRecord(logs) ? logs : {};
  const metric = known[monitor];
  if (typeof metric === 'number') return metric;
  const hint = monitor.startsWith('val_') ? ' (val_ metrics need validation data)' : '';
  throw new RangeError(
    `${owner}: monitor must be one of the logged metrics (${Object.keys(known).join(', ').slice(0, 200) || 'none'})${hint}, got ${show(monitor)}`,
  );
}

// SPDX-License-Identifier: Apache-2.0
// Evaluating a loss again as if it were once: the same dropout masks, and statistics that do not move twice.

import * as tf from '@tensorflow/tfjs-core';
import { override, theEngine } from './engine.js';

/** Replays an evaluation. */
export type Replay = <T>(evaluate: () => T) => T;

/**
 * Runs an evaluation, and gives a function that runs others as if they were this one: they draw the same random numbers
 * (unseeded ops of TensorFlow.js take theirs from `Math.random`), and variables that are not trained stay as they are.
 *
 * @param left - receives what those others keep (`tf.keep`); where it is missing, that is disposed
 */
export function replayable<T>(evaluate: () => T, left?: tf.Tensor[]): { result: T; replay: Replay } {
  const { random } = Math;
  const draws: number[] = [];
  Math.random = () => {
    const drawn = random();
    draws.push(drawn);
    return drawn;
  };
  try {
    return { result: evaluate(), replay: (again) => replayed(again, draws, left) };
  } finally {
    Math.random = random;
  }
}

function replayed<T>(evaluate: () => T, draws: readonly number[], left?: tf.Tensor[]): T {
  const { random } = Math;
  const drawn = draws.values();
  const engine = theEngine();
  const { keep } = engine;
  const kept: tf.Tensor[] = [];
  const statistics = Object.values(tf.engine().registeredVariables).filter(({ trainable }) => !trainable);
  const before = statistics.map((variable) => tf.variable(variable, false));
  const restore = override(engine, {
    keep(tensor) {
      kept.push(tensor);
      return keep.call(engine, tensor) as typeof tensor;
    },
  });
  try {
    Math.random = () => drawn.next().value ?? random();
    return evaluate();
  } finally {
    Math.random = random;
    restore();
    statistics.forEach((variable, i) => {
      if (!variable.isDisposed && variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
    });
    tf.dispose(before);
    const surviving = kept.filter(({ isDisposed }) => !isDisposed);
    if (left) left.push(...surviving);
    else tf.dispose(surviving);
  }
}

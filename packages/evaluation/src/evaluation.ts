// SPDX-License-Identifier: Apache-2.0
// Evaluations that are run again.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs an evaluation and lists the random numbers it drew. Random ops of TensorFlow.js without a seed take theirs
 * from `Math.random`, in the order in which they run.
 */
export function record<T>(evaluate: () => T): { result: T; draws: readonly number[] } {
  const { random } = Math;
  const draws: number[] = [];
  Math.random = () => {
    const drawn = random();
    draws.push(drawn);
    return drawn;
  };
  try {
    return { result: evaluate(), draws };
  } finally {
    Math.random = random;
  }
}

/** What a variable holds now, without copying it; on some backends `tf.clone` copies. */
export function hold(variable: tf.Variable): tf.Variable {
  return tf.variable(variable, false);
}

/** Runs an evaluation with the random numbers that another one drew, and new ones where it wants more. */
export function replay<T>(evaluate: () => T, draws: readonly number[]): T {
  const { random } = Math;
  const drawn = draws.values();
  try {
    Math.random = () => drawn.next().value ?? random();
    return evaluate();
  } finally {
    Math.random = random;
  }
}

/** Variables that are not trained, the statistics of batch normalization among them. */
export function untrained(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables).filter(({ trainable }) => !trainable);
}

/** Runs an evaluation, and puts variables back to what they were before it. */
export function undisturbed<T>(variables: readonly tf.Variable[], evaluate: () => T): T {
  const before = variables.map(hold);
  try {
    return evaluate();
  } finally {
    variables.forEach((variable, i) => {
      if (!variable.isDisposed && variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
    });
    tf.dispose(before);
  }
}

/**
 * Runs an evaluation again: it draws the same random numbers, and variables that are not trained are put back to what
 * they were before it.
 *
 * @param left - receives what the evaluation kept (`tf.keep`) and nobody has freed when it ends: the metrics of
 * `model.fit`, which looks only at those of the first evaluation. Others may still read them: `trainOnBatch` does.
 */
export function repeat<T>(evaluate: () => T, draws: readonly number[], left: tf.Tensor[]): T {
  const engine = tf.engine();
  const { keep } = engine;
  const own = Object.getOwnPropertyDescriptor(engine, 'keep');
  const kept: tf.Tensor[] = [];
  try {
    // Not part of the documented API.
    if (typeof keep === 'function') {
      engine.keep = (tensor) => {
        kept.push(tensor);
        return keep.call(engine, tensor) as typeof tensor;
      };
    }
    return undisturbed(untrained(), () => replay(evaluate, draws));
  } finally {
    if (own) Object.defineProperty(engine, 'keep', own);
    else Reflect.deleteProperty(engine, 'keep');
    left.push(...kept.filter(({ isDisposed }) => !isDisposed));
  }
}

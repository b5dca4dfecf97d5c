// SPDX-License-Identifier: Apache-2.0
// Problems for methods that see all data at once, beside Adam with as many evaluations.

import { derivative } from '@optim/hessian';
import { LBFGS } from '@optim/lbfgs';
import { rosenbrock } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';

/** What is minimized; the variables are freed by `dispose`. */
export interface Problem {
  readonly loss: () => tf.Scalar;
  readonly variables: tf.Variable[];
  /** What is wanted, 0 at the solution: it takes in more than the loss. */
  readonly error: () => tf.Scalar;
  readonly dispose: () => void;
}

/**
 * Trains until a loss or a number of evaluations is reached.
 *
 * @param onCall - is told the loss at the start of each call, and the evaluations before it
 */
export async function train(
  optimizer: tf.Optimizer,
  { loss: f, variables }: Pick<Problem, 'loss' | 'variables'>,
  { most, goal }: { most: number; goal: number },
  onCall: (evaluations: number, loss: number) => void = () => {},
): Promise<{ evaluations: number; loss: number }> {
  const counter = { evaluations: 0 };
  let loss = Infinity;
  const counted = (): tf.Scalar => {
    counter.evaluations++;
    return f();
  };
  while (counter.evaluations < most && loss > goal) {
    const { evaluations } = counter;
    if (optimizer instanceof LBFGS) loss = await optimizer.minimizeAsync(counted, variables);
    else {
      const value = optimizer.minimize(counted, true, variables)!;
      [loss] = (await value.data()) as unknown as [number];
      value.dispose();
    }
    onCall(evaluations, loss);
  }
  optimizer.dispose();
  return { ...counter, loss };
}

/** A network of one tanh layer, u(x), always the same at first. */
function network(width: number): { u: (x: tf.Tensor) => tf.Tensor; weights: tf.Variable[] } {
  let state = 7;
  const draw = (): number => ((state = (state * 48271) % 2147483647) / 2147483647) * 2 - 1;
  const make = (shape: [number, number], scale: number): tf.Variable<tf.Rank.R2> =>
    tf.tidy(() =>
      tf.variable(
        tf.tensor2d(
          Array.from({ length: shape[0] * shape[1] }, () => draw() * scale),
          shape,
        ),
      ),
    );
  const [w1, b1] = [make([1, width], 1), make([1, width], 1)];
  const [w2, b2] = [make([width, 1], Math.sqrt(3 / width)), make([1, 1], 0)];
  const u = (x: tf.Tensor): tf.Tensor => {
    const hidden = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, w1), b1));
    return tf.add(tf.matMul(hidden as tf.Tensor2D, w2), b2);
  };
  return { u, weights: [w1, b1, w2, b2] };
}

/** Rosenbrock's function in 20 dimensions, from the usual start. */
export function rosenbrock20(): Problem {
  const start = Array.from({ length: 20 }, (_, i) => (i % 2 ? 1 : -1.2));
  const x = tf.tidy(() => tf.variable(tf.tensor1d(start)));
  return {
    loss: () => rosenbrock(x),
    variables: [x],
    error: () => tf.tidy(() => tf.square(tf.max(tf.abs(tf.sub(x, 1))))),
    dispose: () => x.dispose(),
  };
}

/** u″ = −u on [0, 2π] with u(0) = 0 and u′(0) = 1, by a network of 16 tanh units; the solution is the sine. */
export function sine(): Problem {
  const x = tf.tensor2d(Array.from({ length: 48 }, (_, i) => [(i / 47) * 2 * Math.PI]));
  const zero = tf.tensor2d([[0]]);
  const { u, weights } = network(16);
  return {
    loss: () =>
      tf.tidy(() => {
        const slope = derivative(u);
        const equation = tf.mean(tf.square(tf.add(derivative(slope)(x), u(x))));
        const start = tf.add(tf.square(u(zero)), tf.square(tf.sub(slope(zero), 1)));
        return tf.add(equation, tf.sum(start)) as tf.Scalar;
      }),
    variables: weights,
    error: () => tf.tidy(() => tf.max(tf.abs(tf.sub(u(x), tf.sin(x))))),
    dispose: () => tf.dispose([x, zero, weights]),
  };
}

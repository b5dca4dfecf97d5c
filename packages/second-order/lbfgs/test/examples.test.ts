// SPDX-License-Identifier: Apache-2.0
// What the method is for, in numbers, beside Adam with as many evaluations. The READMEs quote them.

import { derivative } from '@optim/hessian';
import { LBFGS } from '@optim/lbfgs';
import { rosenbrock } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';

/** Trains until a loss or a number of evaluations is reached. */
async function train(
  optimizer: tf.Optimizer,
  f: () => tf.Scalar,
  variables: tf.Variable[],
  { most, goal }: { most: number; goal: number },
): Promise<{ evaluations: number; loss: number }> {
  const counter = { evaluations: 0 };
  let loss = Infinity;
  const counted = (): tf.Scalar => {
    counter.evaluations++;
    return f();
  };
  while (counter.evaluations < most && loss > goal) {
    if (optimizer instanceof LBFGS) loss = await optimizer.minimizeAsync(counted, variables);
    else {
      const value = optimizer.minimize(counted, true, variables)!;
      [loss] = (await value.data()) as unknown as [number];
      value.dispose();
    }
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

// Slow in software rendering.
describe.skipIf(inject('backend').startsWith('web'))('LBFGS beside Adam', () => {
  it('solves Rosenbrock in 20 dimensions in 300 evaluations, where Adam has begun', async () => {
    const start = Array.from({ length: 20 }, (_, i) => (i % 2 ? 1 : -1.2));
    const run = async (optimizer: tf.Optimizer): ReturnType<typeof train> => {
      const x = tf.tidy(() => tf.variable(tf.tensor1d(start)));
      const result = await train(optimizer, () => rosenbrock(x), [x], { most: 300, goal: 1e-8 });
      const distance = Math.max(...(await x.data()).map((element) => Math.abs(element - 1)));
      x.dispose();
      return { ...result, loss: Math.max(result.loss, distance ** 2) };
    };
    const { loss, evaluations } = await run(new LBFGS({ lineSearch: 'strongWolfe' }));
    expect(loss).toBeLessThan(1e-6);
    expect(evaluations).toBeLessThan(300);
    for (const rate of [0.01, 0.1, 0.3])
      expect((await run(tf.train.adam(rate))).loss, `Adam at ${rate}`).toBeGreaterThan(1);
  });

  it('finds the sine as the solution of u″ = −u in 400 evaluations, to 1 %, where Adam is off by more', async () => {
    const x = tf.tensor2d(Array.from({ length: 48 }, (_, i) => [(i / 47) * 2 * Math.PI]));
    const zero = tf.tensor2d([[0]]);
    const run = async (optimizer: tf.Optimizer): Promise<number> => {
      const { u, weights } = network(16);
      const loss = (): tf.Scalar =>
        tf.tidy(() => {
          const slope = derivative(u);
          const equation = tf.mean(tf.square(tf.add(derivative(slope)(x), u(x))));
          const start = tf.add(tf.square(u(zero)), tf.square(tf.sub(slope(zero), 1)));
          return tf.add(equation, tf.sum(start)) as tf.Scalar;
        });
      await train(optimizer, loss, weights, { most: 400, goal: 0 });
      const error = tf.tidy(() => tf.max(tf.abs(tf.sub(u(x), tf.sin(x)))));
      const [value] = await error.data();
      tf.dispose([error, weights]);
      return value!;
    };
    expect(await run(new LBFGS({ lineSearch: 'strongWolfe' }))).toBeLessThan(0.01);
    for (const rate of [0.01, 0.03, 0.1])
      expect(await run(tf.train.adam(rate)), `Adam at ${rate}`).toBeGreaterThan(0.02);
    tf.dispose([x, zero]);
  }, 120_000);
});

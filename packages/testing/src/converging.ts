// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { variable, variables, type Subject, type Check } from './subject.js';

/** One of these suits sign descent, adaptive methods, plain gradient descent and factors on a found rate. */
const rates = [0.1, 0.3, 0.03, 0.01, 1];

/**
 * Trains with a learning rate that falls to zero, so that rules with steps of a fixed length can settle too, until with
 * one of {@link rates} every part of the loss falls below `goal` of what it was. An optimizer without a learning rate
 * has one try.
 */
async function converges(
  { make, table }: Subject,
  variables: () => tf.Variable[],
  loss: (variables: tf.Variable[]) => tf.Scalar[],
  { steps, goal }: { steps: number; goal: number },
): Promise<void> {
  const tried: string[] = [];
  // Those of an algorithm with several, each for some of the parameters.
  const others = Object.keys(table).filter(
    (name) =>
      name.endsWith('LearningRate') && table[name]!.symbolic && typeof table[name]!.default === 'number',
  );
  for (const rate of rates) {
    const falling = (t: number): number => rate * (1 - t / steps);
    const optimizer = make(Object.fromEntries(others.map((name) => [name, falling])));
    const trained = variables();
    const hasRate = !Number.isNaN(optimizer.learningRate);
    const measure = async (): Promise<number[]> => {
      const parts = tf.tidy(() => tf.stack(loss(trained)));
      const numbers = await parts.data();
      parts.dispose();
      return [...numbers];
    };
    const before = await measure();
    for (let t = 0; t < steps; t++) {
      if (hasRate) optimizer.learningRate = falling(t);
      optimizer.minimize(() => tf.addN(loss(trained)) as tf.Scalar, false, trained);
    }
    optimizer.useEvaluationWeights();
    const after = await measure();
    const ratio = Math.max(...after.map((part, i) => part / before[i]!));
    optimizer.dispose();
    tf.dispose(trained);
    if (ratio <= goal) return;
    tried.push(`${hasRate ? rate : 'none'}: ${ratio.toExponential(1)}`);
    if (!hasRate) break;
  }
  expect.fail(
    `the loss should fall below ${goal} of what it was; learning rate: what is left of it: ${tried.join(', ')}`,
  );
}

const bowl = (p: tf.Tensor, target: number): tf.Scalar => tf.sum(tf.square(tf.sub(p, target)));

export const convergingChecks: readonly Check[] = [
  {
    name: 'converges on a parabola',
    run: (subject) =>
      converges(
        subject,
        () => [variable('x', [2], (i) => 2 - 3 * i)],
        ([x]) => [bowl(x!, 0.5)],
        { steps: 100, goal: 1e-3 },
      ),
  },
  {
    name: 'converges on the Rosenbrock function',
    run: (subject) =>
      converges(
        subject,
        () => [variable('x', [], () => 0.3), variable('y', [], () => 1.5)],
        ([x, y]) => {
          const valley = tf.square(tf.sub(y!, tf.square(x!)));
          return [tf.add(tf.mul(valley, 5), tf.square(tf.sub(1, x!))) as tf.Scalar];
        },
        { steps: 150, goal: 1e-2 },
      ),
  },
  {
    name: 'converges on parameters of mixed ranks',
    run: (subject) =>
      converges(subject, variables, (all) => all.map((p) => bowl(p, 0.5)), { steps: 80, goal: 5e-3 }),
  },
];

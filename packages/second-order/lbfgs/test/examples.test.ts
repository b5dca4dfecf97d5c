// SPDX-License-Identifier: Apache-2.0
// What the method is for, in numbers, beside Adam with as many evaluations. The READMEs quote them.

import { LBFGS } from '@optim/lbfgs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { rosenbrock20, sine, train, type Problem } from './examples.js';

/** The error in the end, and what it took. */
async function run(
  make: () => Problem,
  optimizer: tf.Optimizer,
  until: { most: number; goal: number },
): Promise<{ evaluations: number; loss: number; error: number }> {
  const problem = make();
  const result = await train(optimizer, problem, until);
  const error = problem.error();
  const [value] = await error.data();
  error.dispose();
  problem.dispose();
  return { ...result, error: value! };
}

// Slow in software rendering.
describe.skipIf(inject('backend').startsWith('web'))('LBFGS beside Adam', () => {
  it('solves Rosenbrock in 20 dimensions in 300 evaluations, where Adam has begun', async () => {
    const until = { most: 300, goal: 1e-8 };
    const { loss, error, evaluations } = await run(
      rosenbrock20,
      new LBFGS({ lineSearch: 'strongWolfe' }),
      until,
    );
    expect(Math.max(loss, error)).toBeLessThan(1e-6);
    expect(evaluations).toBeLessThan(300);
    for (const rate of [0.01, 0.1, 0.3]) {
      const adam = await run(rosenbrock20, tf.train.adam(rate), until);
      expect(Math.max(adam.loss, adam.error), `Adam at ${rate}`).toBeGreaterThan(1);
    }
  });

  it('finds the sine as the solution of u″ = −u in 400 evaluations, to 1 %, where Adam is off by more', async () => {
    const until = { most: 400, goal: 0 };
    expect((await run(sine, new LBFGS({ lineSearch: 'strongWolfe' }), until)).error).toBeLessThan(0.01);
    for (const rate of [0.01, 0.03, 0.1])
      expect((await run(sine, tf.train.adam(rate), until)).error, `Adam at ${rate}`).toBeGreaterThan(0.02);
  }, 120_000);
});

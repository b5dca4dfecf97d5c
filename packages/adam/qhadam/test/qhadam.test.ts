// SPDX-License-Identifier: Apache-2.0

import { QHAdam, type QHAdamOptions } from '@optim/qhadam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/QHAdam.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new QHAdam(options));

/** Where a weight comes from 0 with gradients of 1 and −3, and a learning rate of 1. */
async function steps(options: QHAdamOptions): Promise<number[]> {
  const optimizer = new QHAdam({ learningRate: 1, beta1: 0.5, beta2: 0.75, epsilon: 0, ...options });
  const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
  const seen: number[] = [];
  for (const gradient of [1, -3]) {
    tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(gradient) }));
    seen.push((await x.data())[0]!);
  }
  x.dispose();
  optimizer.dispose();
  return seen;
}

describe('QHAdam: the shares', () => {
  it('make no difference in the first step', async () => {
    for (const options of [{}, { nu1: 0 }, { nu2: 0 }, { nu1: 0.3, nu2: 0.6 }])
      expect((await steps(options))[0], JSON.stringify(options)).toBeCloseTo(-1, 6);
    expect((await steps({ nu1: 0.3, epsilon: 1 }))[0]).toBeCloseTo(-0.5, 6);
  });

  it('mix averages and gradient in the second', async () => {
    // m̂ = (0.25 − 1.5)/0.75 = −5/3, v̂ = (0.1875 + 2.25)/0.4375 = 39/7, g = −3.
    const [m, v] = [-5 / 3, 39 / 7];
    expect((await steps({}))[1]).toBeCloseTo(-1 - m / Math.sqrt(v), 6);
    expect((await steps({ nu1: 0 }))[1]).toBeCloseTo(-1 + 3 / Math.sqrt(v), 6);
    // g/√g² = −1, as in sign descent.
    expect((await steps({ nu1: 0, nu2: 0 }))[1]).toBeCloseTo(0, 6);
    const mixed = (0.4 * -3 + 0.6 * m) / Math.sqrt(0.2 * 9 + 0.8 * v);
    expect((await steps({ nu1: 0.6, nu2: 0.8 }))[1]).toBeCloseTo(-1 - mixed, 6);
  });

  it('lie between 0 and 1', () => {
    const message = (name: string): RangeError =>
      new RangeError(`QHAdam: ${name} must be in [0, 1], got 1.1`);
    for (const name of ['nu1', 'nu2']) expect(() => new QHAdam({ [name]: 1.1 }), name).toThrow(message(name));
  });
});

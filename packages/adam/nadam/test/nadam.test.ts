// SPDX-License-Identifier: Apache-2.0

import { NAdam, type NAdamOptions } from '@optim/nadam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/NAdam.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new NAdam(options));

/** Where a weight comes from 0 with these gradients, and a learning rate of 1. */
async function end(options: NAdamOptions, gradients: readonly number[]): Promise<number> {
  const optimizer = new NAdam({ learningRate: 1, ...options });
  const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
  for (const gradient of gradients) tf.tidy(() => optimizer.applyGradients({ x: tf.scalar(gradient) }));
  const [value] = await x.data();
  x.dispose();
  optimizer.dispose();
  return value!;
}

describe('NAdam: the momentum', () => {
  // With a constant gradient of 1 the denominator is 1 and m is 1 − β₁ᵗ.
  it('stays at β₁/2 without momentumDecay', async () => {
    const options = { beta1: 0.8, momentumDecay: 0, epsilon: 0 };
    // t = 1: μ = π = 0.4, and 1 + 0.4/(1 − 0.16)·0.2.
    const first = 1 + (0.4 / 0.84) * 0.2;
    expect(await end(options, [1])).toBeCloseTo(-first, 6);
    // t = 2: π = 0.16, and 0.6/0.84 + 0.4/(1 − 0.064)·0.36.
    expect(await end(options, [1, 1])).toBeCloseTo(-first - 0.6 / 0.84 - (0.4 / 0.936) * 0.36, 6);
  });

  it('rises at once to β₁ with a large one', async () => {
    const options = { beta1: 0.5, momentumDecay: 1e6, epsilon: 0 };
    // t = 1: μ = π = ½, and 1 + ½/(1 − ¼)·½; t = 2: π = ¼, and ½/¾ + ½/(1 − ⅛)·¾.
    expect(await end(options, [1, 1])).toBeCloseTo(-(1 + 1 / 3) - 2 / 3 - 3 / 7, 6);
  });

  it('is none at all with beta1 = 0', async () => {
    expect(await end({ beta1: 0, epsilon: 0 }, [1, 1, 1])).toBeCloseTo(-3, 6);
  });

  it('has a product that vanishes: in the end the shares are those of the limit', async () => {
    const optimizer = new NAdam({ learningRate: 1, beta1: 0.9, beta2: 0, momentumDecay: 0, epsilon: 0 });
    const x = tf.tidy(() => tf.variable(tf.scalar(0), true, 'x'));
    const one = { x: tf.scalar(1) };
    for (let t = 0; t < 400; t++) optimizer.applyGradients(one);
    const [before] = await x.data();
    optimizer.applyGradients(one);
    // 1 − μ + μ·m with m = 1.
    expect((await x.data())[0]! - before!).toBeCloseTo(-1, 4);
    tf.dispose([x, one]);
    optimizer.dispose();
  });
});

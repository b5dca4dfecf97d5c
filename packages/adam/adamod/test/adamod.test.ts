// SPDX-License-Identifier: Apache-2.0

import { AdaMod, type AdaModOptions } from '@optim/adamod';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaMod.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaMod(options));

/** In the first step √v is |g|/2, its correction ½ and m is g/2. */
const halves: AdaModOptions = { learningRate: 0.01, beta1: 0.5, beta2: 0.75, epsilon: 0 };

/** Weights that start at zero, after each of some gradients, and the average n then. */
async function walk(
  options: AdaModOptions,
  gradients: readonly number[][],
): Promise<{ x: number[]; n: number[] }[]> {
  const optimizer = new AdaMod({ ...halves, ...options });
  const x = tf.tidy(() => tf.variable(tf.zeros([gradients[0]!.length])));
  const seen: { x: number[]; n: number[] }[] = [];
  for (const gradient of gradients) {
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d(gradient) }));
    const { n } = (await optimizer.stateDict()).parameters[0]!.slots;
    seen.push({ x: [...(await x.data())], n: [...n!.data] });
  }
  x.dispose();
  optimizer.dispose();
  return seen;
}

describe('AdaMod: the average of the learning rates', () => {
  it('starts at zero, is not corrected, and bounds the step', async () => {
    const [first, second] = await walk({ beta3: 0.75 }, [[2], [2]]);
    // η = 0.01/1, n = ¼ of that.
    expect(first!.n[0]).toBeCloseTo(0.0025, 8);
    expect(first!.x[0]).toBeCloseTo(-0.0025, 8);
    // η = 0.01·√(7/16)/¾/√(7/4) = 1/150, of which n takes a quarter again; m = 1.5.
    const n = 0.75 * 0.0025 + 0.25 / 150;
    expect(second!.n[0]).toBeCloseTo(n, 8);
    expect(second!.x[0]).toBeCloseTo(-0.0025 - n * 1.5, 8);
  });

  it('is no bound where the rate itself is smaller', async () => {
    const [, second] = await walk({ beta3: 0.5 }, [[0.02], [2]]);
    // η = 1, n = ½; then √v = √(¾·10⁻⁴ + 1), η is about 0.0088 and n far above; m = 1.005.
    const eta = (0.01 * Math.sqrt(7 / 16)) / 0.75 / Math.sqrt(0.75e-4 + 1);
    expect(second!.n[0]).toBeCloseTo(0.25 + eta / 2, 6);
    expect(second!.x[0]).toBeCloseTo(-0.5 * 0.01 - eta * 1.005, 6);
  });

  it('has no memory with β₃ = 0, which makes it Adam', async () => {
    const [first, second] = await walk({ beta3: 0, epsilon: 0.5 }, [[2], [2]]);
    expect(first!.x[0]).toBeCloseTo(-0.01 / 1.5, 8);
    const eta = (0.01 * Math.sqrt(7 / 16)) / 0.75 / (Math.sqrt(7 / 4) + 0.5);
    expect(second!.x[0]).toBeCloseTo(-0.01 / 1.5 - eta * 1.5, 8);
  });

  it('leaves an element unbounded that has had no gradient', async () => {
    const [zeros, next] = await walk({ beta3: 0.999, epsilon: 1e-8 }, [
      [0, 2],
      [2, 2],
    ]);
    // η = 0.01/ε; the other element has had the second step of its warm-up.
    expect(zeros!.x[0]).toBe(0);
    expect(zeros!.n[0]! / (0.001 * 0.01e8)).toBeCloseTo(1, 5);
    const eta = (0.01 * Math.sqrt(7 / 16)) / 0.75;
    expect(next!.x[0]).toBeCloseTo(-eta, 7);
    expect(next!.x[1]).toBeGreaterThan(-4e-5);
  });

  it('has a first value of learningRate alone with adamD', async () => {
    const [first] = await walk({ beta3: 0, adamD: true }, [[2]]);
    expect(first!.x[0]).toBeCloseTo(-0.005, 8);
  });
});

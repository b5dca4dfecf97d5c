// SPDX-License-Identifier: Apache-2.0

import { RAdam, type RAdamOptions } from '@optim/radam';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/RAdam.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// The conformance suite takes fewer steps than the defaults withhold.
suite(golden, (options, golden) => new RAdam(golden ? options : { degeneratedToSgd: true, ...options }));

/** A weight that starts at 2, after each of some steps with gradients of 0.5. */
async function walk(options: RAdamOptions, steps: number): Promise<number[]> {
  const optimizer = new RAdam({ learningRate: 0.1, ...options });
  const x = tf.tidy(() => tf.variable(tf.tensor1d([2])));
  const gradients = { [x.name]: tf.tensor1d([0.5]) };
  const seen: number[] = [];
  for (let t = 1; t <= steps; t++) {
    optimizer.applyGradients(gradients);
    seen.push((await x.data())[0]!);
  }
  tf.dispose([x, gradients]);
  optimizer.dispose();
  return seen;
}

/** R at step 6 with β₂ = 0.999, where ρ = 5.994164; with a constant gradient, the length of a step in learning rates. */
const R6 = Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164));

describe('RAdam: the first steps', () => {
  it('are withheld, and so is the decay', async () => {
    for (const weightDecayMode of ['decoupled', 'independent', 'coupled'] as const) {
      const steps = await walk({ weightDecay: 0.1, weightDecayMode }, 6);
      expect(steps.slice(0, 5), weightDecayMode).toEqual([2, 2, 2, 2, 2]);
    }
    const sixth = async (options: RAdamOptions): Promise<number> => (await walk(options, 6))[5]!;
    expect(await sixth({})).toBeCloseTo(2 - 0.1 * R6, 5);
    expect(await sixth({ weightDecay: 0.1 })).toBeCloseTo(2 * 0.99 - 0.1 * R6, 5);
    expect(await sixth({ weightDecay: 0.1, weightDecayMode: 'independent' })).toBeCloseTo(1.8 - 0.1 * R6, 5);
    // A gradient of 0.7 all along gives the same step as one of 0.5, but for ε.
    const coupled = { weightDecay: 0.1, weightDecayMode: 'coupled', epsilon: 0.01 } as const;
    const root = Math.sqrt(1 - 0.999 ** 6);
    expect(await sixth(coupled)).toBeCloseTo(2 - (0.1 * R6 * root * 0.7) / (0.7 * root + 0.01), 5);
  });

  it('are momentum steps with degeneratedToSgd', async () => {
    const [first, second] = await walk({ degeneratedToSgd: true }, 2);
    expect(first).toBeCloseTo(2 - 0.1 * 0.5, 6);
    expect(second).toBeCloseTo(2 - 0.1, 6);
    const [uncorrected] = await walk({ degeneratedToSgd: true, adamD: true, weightDecay: 0.1 }, 1);
    expect(uncorrected).toBeCloseTo(2 * 0.99 - 0.1 * 0.05, 6);
  });

  it('end where ρ reaches the threshold', async () => {
    // ρ = 4.997502 at step 5.
    expect((await walk({ nSmaThreshold: 4.99 }, 5))[4]).toBeLessThan(2);
    expect((await walk({ nSmaThreshold: 5.9942 }, 7)).slice(5)).toEqual([2, expect.any(Number)]);
    expect((await walk({ nSmaThreshold: 5.9942 }, 7))[6]).toBeLessThan(2);
    expect(() => new RAdam({ nSmaThreshold: 3.9 })).toThrow(
      new RangeError('RAdam: nSmaThreshold must be in [4, ∞), got 3.9'),
    );
  });

  it('never end with a short memory, where ρ∞ is no longer than the threshold', async () => {
    expect(await walk({ beta2: 2 / 3 }, 30)).toEqual(Array(30).fill(2));
    // ρ∞ = 4, which ρ reaches in floating point.
    expect((await walk({ beta2: 0.6, nSmaThreshold: 4 }, 120)).at(-1)).toBe(2);
    expect(await walk({ beta2: 0 }, 8)).toEqual(Array(8).fill(2));
  });
});

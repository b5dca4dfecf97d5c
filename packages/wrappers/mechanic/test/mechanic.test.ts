// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { Lookahead } from '@optim/lookahead';
import { Mechanic, type MechanicOptions } from '@optim/mechanic';
import { SAM } from '@optim/sam';
import {
  conformance,
  expectClose,
  freeOwned,
  goldenBase,
  goldenSuite,
  Momentum,
  own,
  tolerance,
} from '@optim/testing';
import golden from '@optim/testing/golden/Mechanic.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

const cases = golden.cases.map(({ scalars, ...rest }) => ({ ...rest, scales: scalars.s }));

goldenSuite<Mechanic>(
  { ...golden, cases },
  ({ base, ...options }) =>
    new Mechanic(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
  {
    async check(optimizer, given, t) {
      const want = (given['scales'] as Record<string, number>)[t];
      // S itself may be far below the 1e-3 that tolerances of parameters start from.
      if (want !== undefined)
        expectClose(`step ${t}, S`, [(await optimizer.scale()) / want], [1], 10 * tolerance(given));
    },
  },
);
// A larger first scale than the default, which takes longer than the suite to be left.
conformance((options) => new Mechanic(new AdamW({ learningRate: 1 }), { sInit: 0.01, ...options }));

afterEach(freeOwned);

const weights = (...values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, 'w')));
const step = (optimizer: tf.Optimizer, ...gradient: number[]): void =>
  tf.tidy(() => optimizer.applyGradients({ w: tf.tensor1d(gradient) }));
const read = async (w: tf.Tensor): Promise<number> => (await w.data())[0]!;

describe('Mechanic', () => {
  it('moves by the first scale, and by more when the way points downhill', async () => {
    const w = weights(1);
    const optimizer = own(
      new Mechanic(new Momentum(1, 0), { betas: [0.5], sInit: 0.125, decay: 0, clip: false }),
    );
    // m stays 1e-6 and Δ·g is 0: s = 0.125·max(0.5e-6, 0)/1e-8.
    step(optimizer, 1);
    expect(await optimizer.scale()).toBeCloseTo(6.25, 4);
    expect(await read(w)).toBeCloseTo(1 - 6.25, 4);
    // h = −1·1, r = 6.25, m = 1, v = 1.
    step(optimizer, 1);
    expect(await optimizer.scale()).toBeCloseTo(6.375, 4);
    expect(await read(w)).toBeCloseTo(1 - 2 * 6.375, 3);
    // h = 2 uphill: r = 3.125 − 12.75 < 0, m = 2, v = 4.25.
    step(optimizer, -1);
    expect(await optimizer.scale()).toBeCloseTo(0.25 / Math.sqrt(4.25), 4);
  });

  it('learns nothing from gradients that are not finite', async () => {
    weights(1);
    const optimizer = own(new Mechanic(new AdamW({ learningRate: 1 })));
    for (const gradient of [1, 1]) step(optimizer, gradient);
    const before = await optimizer.scale();
    step(optimizer, NaN);
    expect(await optimizer.scale()).toBe(before);
    optimizer.dispose();
    await expect(optimizer.scale()).rejects.toThrow(/disposed/);
  });

  it('puts the variable back when the base refuses the step', async () => {
    const w = weights(1);
    const base = new Momentum(1, 0);
    const optimizer = own(new Mechanic(base, { sInit: 0.5 }));
    step(optimizer, 1);
    const before = await read(w);
    base.applyGradients = () => {
      throw new Error('out of luck');
    };
    expect(() => step(optimizer, 1)).toThrow(new Error('out of luck'));
    expect([await read(w), optimizer.iterations]).toEqual([before, 1]);
  });

  it.each<[() => tf.Optimizer, MechanicOptions, string]>([
    [() => new SAM(new AdamW()), {}, 'base must step along a given gradient, but SAM needs the loss itself'],
    [() => new Lookahead(new AdamW()), {}, 'base must have no evaluation point of its own, got Lookahead'],
    [
      () => new GradientAccumulation(new AdamW()),
      {},
      'base must step in every call, but GradientAccumulation gathers gradients: put it around',
    ],
    [() => new AdamW(), { betas: [] }, 'betas must be one to 64 numbers, each in (0, 1), got []'],
    [
      () => new AdamW(),
      { betas: Array.from({ length: 11 }, () => 0.5) },
      'betas must be at most 10 numbers, got 11',
    ],
    [() => new AdamW(), { sInit: 0 }, 'sInit must be in (0, ∞), got 0'],
    [() => new AdamW(), { epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [() => new AdamW(), { decay: -1 }, 'decay must be in [0, ∞), got -1'],
  ])('refuses %#', (base, options, message) => {
    expect(() => new Mechanic(own(base()), options)).toThrow(`Mechanic: ${message}`);
  });
});

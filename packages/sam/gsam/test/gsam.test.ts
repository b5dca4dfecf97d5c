// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { GSAM } from '@optim/gsam';
import { proportional } from '@optim/schedules';
import { goldenBase, Momentum, suite } from '@optim/testing';
import golden from '@optim/testing/golden/GSAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, ({ base, ...options }, file) => {
  const rhos = file?.['rhos'] as number[] | undefined;
  return new GSAM(
    base ? goldenBase(base, (given) => new AdamW(given)) : new AdamW(),
    rhos ? { ...options, rho: (step) => rhos[step]! } : options,
  );
});

describe('GSAM', () => {
  it('takes a share of what is perpendicular to h off it', async () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 1])));
    const optimizer = new GSAM(new Momentum(1, 0), { rho: Math.SQRT2, alpha: 0.5 });
    // f = ½(x² + 0·y) + y: g = (1, 1), q = (2, 2), h = (2, 1), v = g − (3/5)h = (−0.2, 0.4), u = (2.1, 0.8).
    const loss = (): tf.Scalar =>
      tf.sum(tf.add(tf.mul(tf.square(w), [0.5, 0]), tf.mul(w, [0, 1]))) as tf.Scalar;
    tf.tidy(() => void optimizer.minimize(loss, false, [w]));
    const [x, y] = await w.data();
    expect(x).toBeCloseTo(-1.1, 5);
    expect(y).toBeCloseTo(0.2, 5);
    optimizer.dispose();
    w.dispose();
  });

  it('takes its rho in proportion to a schedule of the learning rate, the numbers of the golden file', () => {
    const { rhos, learningRates } = golden.cases.find(({ name }) => name === 'rho schedule')!;
    const rho = proportional((step) => learningRates![step]!, {
      maxLearningRate: 0.05,
      maxValue: 0.8,
      minValue: 0.1,
    });
    rhos!.forEach((want, step) => expect(rho(step)).toBeCloseTo(want, 10));
  });

  it.each([
    [{ rho: -1 }, 'GSAM: rho must be in [0, ∞), got -1'],
    [{ alpha: 1 }, 'GSAM: alpha must be in [0, 1), got 1'],
    [{ perturbEpsilon: -1 }, 'GSAM: perturbEpsilon must be in [0, ∞), got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => new GSAM(new AdamW(), options)).toThrow(new RangeError(message));
  });

  it('refuses a rho that leaves its range, a base that is none, and gradients without the loss', () => {
    const w = tf.tidy(() => tf.variable(tf.scalar(1), true, 'w'));
    const optimizer = new GSAM(new AdamW(), { rho: () => -2 });
    expect(() => optimizer.minimize(() => tf.square(w), false, [w])).toThrow(
      new RangeError('GSAM: rho at step 0 must be in [0, ∞), got -2'),
    );
    expect(() => optimizer.applyGradients({ w })).toThrow(/^GSAM: a step needs the loss itself/);
    expect(() => new GSAM(undefined as unknown as tf.Optimizer)).toThrow(
      new TypeError('GSAM: base must be an optimizer, got undefined'),
    );
    optimizer.dispose();
    w.dispose();
  });
});

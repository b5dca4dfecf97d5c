// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import type { Schedule } from '@optim/core/authoring';
import { GSAM, type GSAMOptions } from '@optim/gsam';
import { cosineAnnealing, proportional } from '@optim/schedules';
import { convolutionalSuite, goldenBase, Momentum, suite, type GoldenCase } from '@optim/testing';
import golden from '@optim/testing/golden/GSAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** The base's rate and the rho in proportion to it, as the case with a schedule says. */
function scheduled(golden: GoldenCase): { rate: Schedule; rho: Schedule } {
  const { minRho, maxRho, minLearningRate } = golden['schedule'] as Record<string, number>;
  const rates = { maxLearningRate: golden.learningRates![0]!, minLearningRate: minLearningRate! };
  const rate = cosineAnnealing({ ...rates, totalSteps: golden.learningRates!.length });
  return { rate, rho: proportional(rate, { ...rates, minValue: minRho!, maxValue: maxRho! }) };
}

suite(golden, ({ base, ...options }, file) => {
  const { rho } = file?.learningRates ? scheduled(file) : {};
  return new GSAM(base ? goldenBase(base, (given) => new AdamW(given)) : new AdamW(), {
    ...options,
    ...(rho && { rho }),
  });
});

convolutionalSuite((learningRate) => new GSAM(new AdamW({ learningRate })), [2, 2]);

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

  it('takes the same share of gradients whose squares float32 does not hold', async () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 1])));
    const optimizer = new GSAM(new Momentum(1e-20, 0), { rho: Math.SQRT2, alpha: 0.5 });
    // The loss of the case above times 1e20.
    const loss = (): tf.Scalar =>
      tf.sum(tf.add(tf.mul(tf.square(w), [0.5e20, 0]), tf.mul(w, [0, 1e20]))) as tf.Scalar;
    tf.tidy(() => void optimizer.minimize(loss, false, [w]));
    const [x, y] = await w.data();
    expect(x).toBeCloseTo(-1.1, 5);
    expect(y).toBeCloseTo(0.2, 5);
    optimizer.dispose();
    w.dispose();
  });

  it('takes rho and the learning rate of the same step from one schedule, after loading too', async () => {
    const scheduledCase = golden.cases.find(({ name }) => name === 'rho schedule') as unknown as GoldenCase;
    const { rate, rho } = scheduled(scheduledCase);
    scheduledCase.learningRates!.forEach((want, step) => expect(rate(step)).toBeCloseTo(want, 10));
    (scheduledCase['rhos'] as number[]).forEach((want, step) => expect(rho(step)).toBeCloseTo(want, 10));

    // f = ½(x + 1)², so g = x + 1, h = g + rho, and the rest is parallel to h: AdamW without averages steps by its rate.
    const seen: number[] = [];
    const w = tf.tidy(() => tf.variable(tf.scalar(0), true, 'w'));
    const points: tf.Tensor[] = [];
    const loss = (): tf.Scalar => {
      points.push(tf.keep(tf.clone(w)));
      return tf.mul(tf.square(tf.add(w, 1)), 0.5);
    };
    const make = (options: GSAMOptions): GSAM =>
      new GSAM(new AdamW({ learningRate: rate, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0 }), options);
    const first = make({ rho });
    const second = make({});
    first.minimize(loss, false, [w]);
    await second.loadStateDict(await first.stateDict());
    second.minimize(loss, false, [w]);
    for (const point of points) seen.push((await point.data())[0]!);
    const [L] = scheduledCase.learningRates!;
    const [rho1, rho2] = scheduledCase['rhos'] as number[];
    [0, rho1!, -L!, -L! + rho2!].forEach((want, i) => expect(seen[i]).toBeCloseTo(want, 5));
    tf.dispose([w, ...points]);
    first.dispose();
    second.dispose();
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

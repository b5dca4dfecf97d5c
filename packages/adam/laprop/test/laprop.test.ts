// SPDX-License-Identifier: Apache-2.0

import { LaProp, type LaPropOptions } from '@optim/laprop';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/LaProp.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new LaProp(options));

describe('LaProp', () => {
  const laProp = (options: LaPropOptions): LaProp =>
    new LaProp({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, ...options });
  /** A schedule by its values. */
  const rates =
    (...values: number[]) =>
    (step: number): number =>
      values[step]!;

  it('keeps in the momentum what a larger learning rate gathered', async () => {
    // Normalized, the gradients are 1 and −1: m = 0.05, 0.02, where Adam would have turned round; ℓ = 0.05, 0.03.
    const learningRate = rates(0.1, 0.01);
    expectWalk(await walk(laProp({ learningRate }), [1], [[1], [-1]]), [[0.9], [0.9 - (0.02 * 0.01) / 0.03]]);
  });

  it('moves on by its momentum with a learning rate of 0, from which nothing enters', async () => {
    const ones = [[1], [1], [1]];
    expectWalk(await walk(laProp({ learningRate: rates(0.1, 0, 0) }), [1], ones), [[0.9], [0.875], [0.8625]]);
    expectWalk(await walk(laProp({ learningRate: rates(0, 0.1, 0.1) }), [1], ones), [[1], [0.9], [0.8]]);
  });

  it('decays after the step, unless coupled', async () => {
    const weightDecay = 0.2;
    expectWalk(await walk(laProp({ weightDecay }), [1], [[1]]), [[0.9 * 0.8]]);
    expectWalk(await walk(laProp({ weightDecay, weightDecayMode: 'decoupled' }), [1], [[1]]), [[0.9 * 0.98]]);
    expectWalk(await walk(laProp({ weightDecay, weightDecayMode: 'coupled' }), [1], [[-0.1]]), [[0.9]]);
  });

  it('takes the variance after some steps', async () => {
    // v: 0.25, 2.4375; w: 0.25, 0.9375; 1 − β₂ᵗ: 0.25, 0.4375; m is 0.05 after the first step.
    const centered = (stepsBeforeUsingCentered: number): Promise<number[][]> =>
      walk(laProp({ centered: true, stepsBeforeUsingCentered }), [1], [[1], [3]]);
    const second = (d: number): number => (0.025 + (0.05 * 3) / Math.sqrt(d / 0.4375)) / 0.75;
    expectWalk(await centered(1), [[0.9], [0.9 - second(2.4375 - 0.9375 ** 2)]]);
    expectWalk(await centered(2), [[0.9], [0.9 - second(2.4375)]]);
    // 0.25 − 0.25² = 3/16.
    expectWalk((await centered(0)).slice(0, 1), [[1 - 0.1 / Math.sqrt(0.75)]]);
  });

  it('takes the largest variance there was, and none of before it was used', async () => {
    const third = async (stepsBeforeUsingCentered: number): Promise<number> => {
      const optimizer = laProp({ centered: true, amsgrad: true, stepsBeforeUsingCentered });
      const [, second, third] = await walk(optimizer, [1], [[3], [0], [1]]);
      return second![0]! - third![0]!;
    };
    // v: 2.25, 1.6875, 1.515625; w: 0.75, 0.5625, 0.671875; v − w²: 1.6875, 1.37109375, 1.06420898.
    // What the first step gathered, 0.05·3/√(d/0.25), is left by a quarter; the third adds its own.
    const want = (first: number, largest: number): number =>
      (0.0375 / Math.sqrt(first / 0.25) + 0.05 / Math.sqrt(largest / 0.578125)) / 0.875;
    expect(await third(0)).toBeCloseTo(want(1.6875, 1.6875), 6);
    expect(await third(1)).toBeCloseTo(want(2.25, 1.37109375), 6);
  });

  it('stays finite where the variance is zero', async () => {
    const options = { centered: true, stepsBeforeUsingCentered: 0, beta2: 0, epsilon: 1e-3 };
    expectWalk(await walk(laProp(options), [1], [[0.7], [0.7]]), [[1 - 70], [1 - 140]]);
  });

  it('leaves a weight alone that has only had gradients of zero', async () => {
    expectWalk(await walk(laProp({}), [1], [[0], [0]]), [[1], [1]]);
  });
});

it('tells hooks what it divides by', async () => {
  const told = (options: LaPropOptions): Promise<number> =>
    observedSecondMoment((transforms) => new LaProp({ beta2: 0.75, transforms, ...options }), [[3], [0]]);
  // v = 2.25, 1.6875; w = 0.75, 0.5625; over 1 − 0.75².
  expect(await told({})).toBeCloseTo(1.6875 / 0.4375, 5);
  expect(await told({ amsgrad: true })).toBeCloseTo(2.25 / 0.4375, 5);
  const centered = { centered: true, stepsBeforeUsingCentered: 1 };
  expect(await told(centered)).toBeCloseTo(1.37109375 / 0.4375, 5);
  expect(await told({ ...centered, amsgrad: true })).toBeCloseTo(1.37109375 / 0.4375, 5);
  const unsettled = { centered: true, amsgrad: true, stepsBeforeUsingCentered: 2 };
  expect(await told(unsettled)).toBeCloseTo(1.6875 / 0.4375, 5);
});

it.each([
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ stepsBeforeUsingCentered: 1.5 }, 'stepsBeforeUsingCentered must be an integer in [0, ∞), got 1.5'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('LaProp refuses %o', (options, message) => {
  expect(() => new LaProp(options)).toThrow(new RangeError(`LaProp: ${message}`));
});

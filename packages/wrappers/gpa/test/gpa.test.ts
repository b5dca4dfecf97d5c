// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { GPA, type GPAOptions } from '@optim/gpa';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import {
  conformance,
  expectEvaluation,
  freeOwned,
  goldenBase,
  goldenSuite,
  Momentum,
  own,
} from '@optim/testing';
import golden from '@optim/testing/golden/GPA.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

goldenSuite<GPA>(
  golden,
  ({ base, ...options }) =>
    new GPA(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
  { check: expectEvaluation },
);
// The default average looks back three hundred steps, more than the suite makes.
conformance((options) => new GPA(new AdamW(), { evalInterpolation: 0.6, ...options }));

afterEach(freeOwned);

const weights = (name: string, ...values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const step = (optimizer: tf.Optimizer, gradients: Record<string, number[]>): void =>
  tf.tidy(() => {
    const tensors = Object.entries(gradients).map(([name, values]) => [name, tf.tensor1d(values)] as const);
    optimizer.applyGradients(Object.fromEntries(tensors));
  });
const read = async (w: tf.Tensor): Promise<number[]> => Array.from(await w.data());
const sgd = (rate = 1): tf.Optimizer => new Momentum(rate, 0);
const half: GPAOptions = { trainInterpolation: 0.5, evalInterpolation: 0.5 };

describe('GPA', () => {
  it('takes gradients between the average and the steps of the base', async () => {
    const w = weights('w', 8);
    const optimizer = own(new GPA(sgd(), half));
    optimizer.useEvaluationWeights();
    expect(optimizer.atEvaluationPoint).toBe(false);
    step(optimizer, { w: [8] });
    // z 0, x 4, y 2.
    expect(await read(w)).toEqual([2]);
    step(optimizer, { w: [4] });
    // z −4, x 0, y −2.
    expect(await read(w)).toEqual([-2]);
    optimizer.useEvaluationWeights();
    expect(await read(w)).toEqual([0]);
    expect(() => step(optimizer, { w: [1] })).toThrow(/evaluation point/);
    optimizer.useTrainingWeights();
    expect(await read(w)).toEqual([-2]);
    expect(optimizer.iterations).toBe(2);
  });

  it('moves nothing in a call in which the base gathers, and all that was gathered for after it', async () => {
    const [a, b] = [weights('a', 8), weights('b', 8)];
    const optimizer = own(new GPA(new GradientAccumulation(sgd(), { every: 2, reduce: 'sum' }), half));
    for (let t = 0; t < 2; t++) {
      step(optimizer, { a: [4], b: [8] });
      expect(await read(a)).toEqual([t === 0 ? 8 : 2]);
      step(optimizer, { a: [4] });
    }
    // z 0, x 4, y 2; then z −8, x −2, y −5.
    expect([await read(a), await read(b), optimizer.iterations]).toEqual([[-5], [-5], 2]);
  });

  it('leaves a variable without a gradient where it is', async () => {
    const [a, b] = [weights('a', 8), weights('b', 8)];
    const optimizer = own(new GPA(sgd(), half));
    step(optimizer, { a: [8], b: [8] });
    step(optimizer, { a: [0] });
    // z 0, x 2, y 1.
    expect([await read(a), await read(b)]).toEqual([[1], [2]]);
  });

  it('puts the variables back when the base refuses the step', async () => {
    const w = weights('w', 8);
    const base = sgd();
    const optimizer = own(new GPA(base, half));
    step(optimizer, { w: [8] });
    base.applyGradients = () => {
      throw new Error('out of luck');
    };
    expect(() => step(optimizer, { w: [1] })).toThrow(new Error('out of luck'));
    expect([await read(w), optimizer.iterations]).toEqual([[2], 1]);
  });

  it.each(['stateDict', 'getWeights'])('goes on at the training point after %s of the other', async (way) => {
    const w = weights('w', 8);
    const optimizer = own(new GPA(sgd(), half));
    step(optimizer, { w: [8] });
    optimizer.useEvaluationWeights();
    const other = own(new GPA(sgd(), half));
    if (way === 'stateDict') await other.loadStateDict(await optimizer.stateDict());
    else await other.setWeights(await optimizer.getWeights());
    expect(other.atEvaluationPoint).toBe(true);
    expect(() => other.useTrainingWeights()).toThrow(/pass the variables/);
    other.useTrainingWeights([w]);
    expect(await read(w)).toEqual([2]);
  });

  it.each([
    [() => new SAM(new AdamW()), 'step along a given gradient, but SAM needs the loss itself'],
    [() => new Lookahead(new AdamW()), 'have no evaluation point of its own, got Lookahead'],
    [() => new GPA(new AdamW()), 'have no evaluation point of its own, got GPA'],
  ])('refuses a base %#', (base, message) => {
    expect(() => new GPA(own(base()))).toThrow(new TypeError(`GPA: base must ${message}`));
  });

  it.each([
    [{ trainInterpolation: 0 }, 'GPA: trainInterpolation must be in (0, 1], got 0'],
    [{ evalInterpolation: 1 }, 'GPA: evalInterpolation must be in [0, 1), got 1'],
  ])('refuses %o', (options, message) => {
    expect(() => new GPA(own(new AdamW()), options)).toThrow(new RangeError(message));
  });
});

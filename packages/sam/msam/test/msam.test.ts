// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { skipNonFinite } from '@optim/hooks';
import { Lookahead } from '@optim/lookahead';
import { MSAM } from '@optim/msam';
import { SAM } from '@optim/sam';
import { linear } from '@optim/schedules';
import { ScheduleFreeSGD } from '@optim/schedulefree';
import {
  convolutionalSuite,
  expectEvaluation,
  freeOwned,
  goldenBase,
  Momentum,
  own,
  suite,
} from '@optim/testing';
import golden from '@optim/testing/golden/MSAM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

const falling = linear({ initialLearningRate: 0.3, endLearningRate: 0, totalSteps: 100 });

suite(
  golden,
  ({ base, ...options }) =>
    base
      ? new MSAM(
          goldenBase(base, (given) => new AdamW(given)),
          options,
        )
      : // At a rho that stays it settles beside the minimum of a narrow valley, whatever the base: from the default it is
        // lowered towards the end, as MSAM's documentation says.
        new MSAM(new AdamW(), { rho: falling, ...options }),
  { check: expectEvaluation },
);

convolutionalSuite((learningRate) => new MSAM(new AdamW({ learningRate })), [1, 1]);

afterEach(freeOwned);

const weights = (values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, 'w')));
const step = (optimizer: tf.Optimizer, gradient: number[]): void =>
  tf.tidy(() => optimizer.applyGradients({ w: tf.tensor1d(gradient) }));
const read = async (w: tf.Tensor): Promise<number[]> => Array.from(await w.data());

describe('MSAM', () => {
  it('goes rho ahead of the step, and evaluates at the step itself', async () => {
    const w = weights([0, 0]);
    const optimizer = own(new MSAM(new Momentum(1, 0), { rho: 5 }));
    optimizer.useEvaluationWeights();
    expect(optimizer.atEvaluationPoint).toBe(false);
    step(optimizer, [-3, -4]);
    expect(await read(w)).toEqual([6, 8]);
    optimizer.useEvaluationWeights();
    expect(await read(w)).toEqual([3, 4]);
    expect(() => step(optimizer, [1, 1])).toThrow(/evaluation point/);
    optimizer.useTrainingWeights();
    expect(await read(w)).toEqual([6, 8]);
    step(optimizer, [3, 0]);
    // From (3, 4) to (0, 4), and 5 further.
    expect(await read(w)).toEqual([-5, 4]);
    step(optimizer, [0, 0]);
    expect(await read(w)).toEqual([0, 4]);
  });

  it('leaves both points in a step that the base leaves out', async () => {
    const w = weights([0, 0]);
    const base = new AdamW({ learningRate: 0.1, transforms: [skipNonFinite()] });
    const optimizer = own(new MSAM(base, { rho: 1 }));
    step(optimizer, [1, 2]);
    const training = await read(w);
    step(optimizer, [NaN, 1]);
    expect(await read(w)).toEqual(training);
    optimizer.useEvaluationWeights();
    expect((await read(w))[0]).toBeCloseTo(-0.1, 5);
  });

  it('stays ahead where the base only gathers gradients', async () => {
    const w = weights([0, 0]);
    const base = new GradientAccumulation(new Momentum(1, 0), { every: 2 });
    const optimizer = own(new MSAM(base, { rho: 5 }));
    step(optimizer, [-3, -4]);
    expect([await read(w), optimizer.iterations]).toEqual([[0, 0], 0]);
    step(optimizer, [-3, -4]);
    expect([await read(w), optimizer.iterations]).toEqual([[6, 8], 1]);
    step(optimizer, [3, 0]);
    expect(await read(w)).toEqual([6, 8]);
    step(optimizer, [3, 0]);
    expect(await read(w)).toEqual([-5, 4]);
  });

  it('puts the variable back when the base refuses the step', async () => {
    const w = weights([0, 0]);
    const base = new Momentum(1, 0);
    const optimizer = own(new MSAM(base));
    step(optimizer, [-3, -4]);
    const training = await read(w);
    base.applyGradients = () => {
      throw new Error('out of luck');
    };
    expect(() => step(optimizer, [1, 1])).toThrow(new Error('out of luck'));
    expect(await read(w)).toEqual(training);
    expect(optimizer.iterations).toBe(1);
  });

  it.each(['stateDict', 'getWeights'])('goes on at the training point after %s of the other', async (way) => {
    const w = weights([0, 0]);
    const optimizer = own(new MSAM(new AdamW({ learningRate: 0.1 }), { rho: 1 }));
    step(optimizer, [1, 2]);
    const training = await read(w);
    optimizer.useEvaluationWeights();
    const other = own(new MSAM(new AdamW({ learningRate: 0.1 }), { rho: 1 }));
    if (way === 'stateDict') await other.loadStateDict(await optimizer.stateDict());
    else await other.setWeights(await optimizer.getWeights());
    expect(other.atEvaluationPoint).toBe(true);
    expect(() => other.useTrainingWeights()).toThrow(/pass the variables/);
    other.useTrainingWeights([w]);
    expect(await read(w)).toEqual(training);
  });

  it.each([
    [() => new SAM(new AdamW()), 'step along a given gradient, but SAM needs the loss itself'],
    [() => new Lookahead(new AdamW()), 'have no evaluation point of its own, got Lookahead'],
    [() => new ScheduleFreeSGD(), 'have no evaluation point of its own, got ScheduleFreeSGD'],
    [() => new MSAM(new AdamW()), 'have no evaluation point of its own, got MSAM'],
  ])('refuses a base %#', (base, message) => {
    expect(() => new MSAM(own(base()))).toThrow(new TypeError(`MSAM: base must ${message}`));
  });

  it('refuses a rho outside its range, and a base that is none', () => {
    expect(() => new MSAM(own(new AdamW()), { rho: -1 })).toThrow(
      new RangeError('MSAM: rho must be in [0, ∞), got -1'),
    );
    expect(() => new MSAM(undefined as unknown as tf.Optimizer)).toThrow(
      new TypeError('MSAM: base must be an optimizer, got undefined'),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0

import { GradientAccumulation } from '@optim/accumulation';
import { AdamW } from '@optim/adamw';
import { WeightAveraging, type WeightAveragingOptions } from '@optim/averaging';
import { skipNonFinite } from '@optim/hooks';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import { ScheduleFreeSGD } from '@optim/schedulefree';
import {
  conformance,
  expectEvaluation,
  freeOwned,
  goldenBase,
  goldenSuite,
  Momentum,
  own,
} from '@optim/testing';
import golden from '@optim/testing/golden/WeightAveraging.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it } from 'vitest';

goldenSuite<WeightAveraging>(
  golden,
  ({ base, ...options }) =>
    new WeightAveraging(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
  { check: expectEvaluation },
);
// The default average looks back a thousand steps, more than the suite makes.
conformance(
  (options) => new WeightAveraging(new AdamW(), { kind: 'polynomial', eta: 8, ...options }),
  'WeightAveraging',
  {
    'leaves a variable without a gradient and its state alone': 'its average goes on towards it',
    'refuses a wrong type and a wrong value of every option': 'options of another kind are refused before',
  },
);

afterEach(freeOwned);

const weights = (name: string, ...values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const step = (optimizer: tf.Optimizer, gradients: Record<string, number[]>): void =>
  tf.tidy(() => {
    const tensors = Object.entries(gradients).map(([name, values]) => [name, tf.tensor1d(values)] as const);
    optimizer.applyGradients(Object.fromEntries(tensors));
  });
const read = async (w: tf.Tensor): Promise<number[]> => Array.from(await w.data());
/** Moves each variable by minus its gradient. */
const plain = (): tf.Optimizer => new Momentum(1, 0);
const averaging = (options: WeightAveragingOptions, base = plain()): WeightAveraging =>
  own(new WeightAveraging(base, options));

/** The average of one variable. */
async function averageOf(optimizer: WeightAveraging, name = 'w'): Promise<number | undefined> {
  const averages = optimizer.averaged();
  const values = averages[name] && (await averages[name].data());
  tf.dispose(averages);
  return values?.[0];
}

describe('WeightAveraging: the average', () => {
  // The variable goes through 1, 2, 3, …
  it.each<[WeightAveragingOptions, number[]]>([
    [{ decay: 0.5 }, [1, 1.5, 2.25, 3.125]],
    [{ decay: 0.5, start: 0 }, [0.5, 1.25, 2.125, 3.0625]],
    [{ decay: 0.5, biasCorrection: true }, [1, 5 / 3, 17 / 7, 49 / 15]],
    // Shares 1/2, 1/3, then 1 − decay.
    [{ decay: 0.7, warmup: true, warmupPower: 1 }, [1, 1.5, 2, 2.6]],
    [{ kind: 'uniform' }, [1, 1.5, 2, 2.5]],
    [{ kind: 'polynomial', eta: 1 }, [1, 5 / 3, 7 / 3, 3]],
    [{ kind: 'uniform', start: 2, every: 2 }, [NaN, 2, 2, 3]],
  ])('%o', async (options, want) => {
    weights('w', 0);
    const optimizer = averaging(options);
    for (const average of want) {
      step(optimizer, { w: [-1] });
      const got = await averageOf(optimizer);
      if (Number.isNaN(average)) expect(got).toBeUndefined();
      else expect(got).toBeCloseTo(average, 6);
    }
  });

  it('begins for a variable when that appears, and goes on where another has no gradient', async () => {
    weights('a', 0);
    weights('b', 0);
    const optimizer = averaging({ kind: 'uniform' });
    step(optimizer, { a: [-1] });
    step(optimizer, { a: [-1], b: [-4] });
    step(optimizer, { b: [-4] });
    expect(await averageOf(optimizer, 'a')).toBeCloseTo(5 / 3, 6);
    expect(await averageOf(optimizer, 'b')).toBe(6);
  });

  it('takes the first point from before the first step also of a base that evaluates the loss itself', async () => {
    const [w, idle] = [weights('w', 1), weights('idle', 5)];
    const optimizer = averaging({ decay: 0.5, start: 0 }, new SAM(plain(), { rho: 0.5 }));
    // The gradient at w + 0.5 moves w by −1.5.
    optimizer.minimize(() => tf.mul(tf.sum(tf.square(w)), 0.5) as tf.Scalar, false, [w, idle]);
    expect(await read(w)).toEqual([-0.5]);
    expect(await averageOf(optimizer)).toBe(0.25);
    expect(await averageOf(optimizer, 'idle')).toBeUndefined();
  });
});

describe('WeightAveraging: updates of the base', () => {
  it('counts them and not calls, and misses no variable of a window', async () => {
    weights('a', 0);
    weights('b', 0);
    const optimizer = averaging(
      { kind: 'uniform' },
      new GradientAccumulation(plain(), { every: 2, reduce: 'sum' }),
    );
    step(optimizer, { b: [-4] });
    expect([optimizer.iterations, await averageOf(optimizer, 'b')]).toEqual([0, undefined]);
    step(optimizer, { a: [-1] });
    expect(optimizer.iterations).toBe(1);
    expect([await averageOf(optimizer, 'a'), await averageOf(optimizer, 'b')]).toEqual([1, 4]);
  });

  it('takes no point where the base does not count a step', async () => {
    if (inject('backend').startsWith('web')) return;
    weights('w', 0);
    const base = new AdamW({
      learningRate: 1,
      weightDecay: 0,
      transforms: [skipNonFinite({ countSkipped: false })],
    });
    const optimizer = averaging({ kind: 'uniform' }, base);
    for (const gradient of [-1, NaN, NaN, -1]) step(optimizer, { w: [gradient] });
    expect(optimizer.iterations).toBe(2);
    expect(await averageOf(optimizer)).toBeCloseTo(1.5, 5);
  });
});

describe('WeightAveraging: two points', () => {
  it('puts the average in and the training point back, and leaves the training alone', async () => {
    const w = weights('w', 0);
    const optimizer = averaging({ kind: 'uniform' });
    optimizer.useEvaluationWeights();
    expect(optimizer.atEvaluationPoint).toBe(false);
    for (let t = 0; t < 3; t++) step(optimizer, { w: [-1] });
    for (let i = 0; i < 2; i++) optimizer.useEvaluationWeights();
    expect([await read(w), await averageOf(optimizer)]).toEqual([[2], 2]);
    expect(() => step(optimizer, { w: [-1] })).toThrow(/evaluation point/);
    for (let i = 0; i < 2; i++) optimizer.useTrainingWeights();
    expect([await read(w), await averageOf(optimizer)]).toEqual([[3], 2]);
    step(optimizer, { w: [-1] });
    expect([await read(w), await averageOf(optimizer)]).toEqual([[4], 2.5]);
  });

  it.each(['stateDict', 'getWeights'])(
    'finds the training point again after %s of the other',
    async (way) => {
      const w = weights('w', 0);
      const optimizer = averaging({ kind: 'uniform' });
      for (let t = 0; t < 3; t++) step(optimizer, { w: [-1] });
      optimizer.useEvaluationWeights();
      const other = averaging({ kind: 'uniform' });
      if (way === 'stateDict') await other.loadStateDict(await optimizer.stateDict());
      else await other.setWeights(await optimizer.getWeights());
      expect(other.atEvaluationPoint).toBe(true);
      expect(() => other.useTrainingWeights()).toThrow(/pass the variables/);
      other.useTrainingWeights([w]);
      expect([await read(w), await averageOf(other)]).toEqual([[3], 2]);
    },
  );
});

describe('WeightAveraging: what it refuses', () => {
  it.each([
    [() => new ScheduleFreeSGD(), 'ScheduleFreeSGD'],
    [() => new Lookahead(new AdamW()), 'Lookahead'],
    [() => new SAM(new WeightAveraging(new AdamW())), 'WeightAveraging'],
  ])('a base with an evaluation point %#', (base, name) => {
    expect(() => new WeightAveraging(own(base()))).toThrow(
      new TypeError(`WeightAveraging: base must have no evaluation point of its own, got ${name}`),
    );
  });

  it.each<[WeightAveragingOptions, string]>([
    [{ decay: 1 }, 'decay must be in [0, 1), got 1'],
    [{ warmupGamma: 0 }, 'warmupGamma must be in (0, ∞), got 0'],
    [{ warmupPower: -1 }, 'warmupPower must be in (0, ∞), got -1'],
    [{ kind: 'polynomial', eta: -1 }, 'eta must be in [0, ∞), got -1'],
    [{ start: -1 }, 'start must be an integer in [0, ∞), got -1'],
    [{ every: 1.5 }, 'every must be an integer in [1, ∞), got 1.5'],
    [{ kind: 'mean' as 'ema' }, "kind must be one of 'ema', 'uniform', 'polynomial', got \"mean\""],
    [{ eta: 2 }, "eta must be 3 with kind 'ema', which has no use for it, got 2"],
    [
      { kind: 'uniform', warmup: true },
      "warmup must be false with kind 'uniform', which has no use for it, got true",
    ],
    [
      { warmup: true, biasCorrection: true },
      'biasCorrection must be false with warmup: both weigh the first points, got true',
    ],
  ])('%o', (options, message) => {
    expect(() => new WeightAveraging(own(plain()), options)).toThrow(
      new RangeError(`WeightAveraging: ${message}`),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// Numbers at their limits: gradients whose squares overflow, NaN, groups that are frozen.

import { freeOwned, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  adaptiveGradientClipping,
  AdaBound,
  AdaHessian,
  Adan,
  cautious,
  clipByGlobalNorm,
  DAdaptAdaGrad,
  DAdaptAdam,
  DAdaptAdan,
  DAdaptLion,
  DAdaptSGD,
  Kron,
  Lamb,
  LARS,
  Prodigy,
  RAdam,
  SAM,
  ScalableShampoo,
  ScheduleFreeAdamW,
  SCION,
  SCIONLight,
  SGDW,
  Shampoo,
  SOAP,
  SophiaG,
  SophiaH,
  SWATS,
} from '../src/index.js';

type Numbers = number[] | number[][];

afterEach(freeOwned);

const variable = (name: string, values: Numbers): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor(values), true, name)));
const step = (optimizer: tf.Optimizer, gradients: Record<string, Numbers>): void =>
  tf.tidy(() =>
    optimizer.applyGradients(
      Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.tensor(g)])),
    ),
  );
const read = async (...variables: tf.Variable[]): Promise<number[]> =>
  (await Promise.all(variables.map((v) => v.data()))).flatMap((values) => [...values]);
const near = (...values: number[]): unknown[] =>
  values.map((value) => (Number.isFinite(value) ? expect.closeTo(value, 3) : value));
/** Steps along the gradient itself. */
const plain = { learningRate: 1, momentum: 0, weightDecay: 0 };

describe('a norm whose square is more than float32 holds', () => {
  it('clips all gradients to the norm asked for, and makes all NaN where it is infinite', async () => {
    const [a, b] = [variable('a', [0]), variable('b', [0])];
    const optimizer = own(new SGDW({ ...plain, transforms: [clipByGlobalNorm(5)] }));
    step(optimizer, { a: [-2e20], b: [0] });
    expect(await read(a, b)).toEqual(near(5, 0));
    step(optimizer, { a: [-Infinity], b: [3] });
    expect(await read(a, b)).toEqual([NaN, NaN]);
  });

  it.each([
    ['Adan', () => new Adan({ maxGradNorm: 1 })],
    ['Lamb', () => new Lamb({ maxGradNorm: 1 })],
  ])('clips in %s as if the gradients were so many times smaller', async (_, make) => {
    const [a, b] = [variable('a', [1, 2]), variable('b', [1, 2])];
    const [large, small] = [own(make()), own(make())];
    step(large, { a: [3e25, -4e25] });
    step(small, { b: [3e3, -4e3] });
    expect(await read(a)).toEqual(near(...(await read(b))));
    expect(await read(a)).not.toEqual([1, 2]);
  });

  it.each<[string, () => tf.Optimizer, (factor: number) => Numbers]>([
    ['SCION', () => new SCION(), (x) => [3 * x, -4 * x]],
    ['SCIONLight', () => new SCIONLight(), (x) => [3 * x, -4 * x]],
    ['SCION by columns', () => new SCION({ norm: 'column' }), (x) => [[3 * x, -4 * x]]],
  ])('is divided by in %s', async (_, make, along) => {
    const [a, b] = [variable('a', along(1)), variable('b', along(1))];
    step(own(make()), { a: along(2 ** 85) });
    step(own(make()), { b: along(2 ** 12) });
    expect(await read(a)).toEqual(near(...(await read(b))));
    expect((await read(a))[0]).toBeLessThan(2.9999);
  });

  it('is what each unit is clipped by', async () => {
    const p = variable('p', [[1], [0]]);
    step(own(new SGDW({ ...plain, transforms: [adaptiveGradientClipping(0.5)] })), { p: [[0], [-6e22]] });
    expect(await read(p)).toEqual(near(1, 0.5));
  });

  it('is the one LARS divides by', async () => {
    const [p, q] = [variable('p', [[1, 2]]), variable('q', [[1, 2]])];
    step(own(new LARS({ learningRate: 1 })), { p: [[3e25, 4e25]] });
    step(own(new LARS({ learningRate: 1 })), { q: [[3, 4]] });
    expect(await read(p)).toEqual(near(...(await read(q))));
  });

  it('is the one SAM climbs by', async () => {
    const p = variable('p', [1]);
    const seen: tf.Tensor[] = [];
    const base = new SGDW({ ...plain, learningRate: 1e-23 });
    own(new SAM(base, { rho: 0.5 })).minimize(
      () => {
        seen.push(own(tf.keep(tf.clone(p))));
        return tf.mul(tf.sum(p), 1e22);
      },
      false,
      [p],
    );
    expect((await Promise.all(seen.map((x) => x.data()))).map(([x]) => x)).toEqual(near(1, 1.5));
  });
});

describe('NaN is seen', () => {
  it.each<[string, () => tf.Optimizer]>([
    ['cautious', () => new RAdam({ learningRate: 0.1, transforms: [cautious({ scaling: 'paper' })] })],
    ['ScheduleFreeAdamW', () => new ScheduleFreeAdamW({ learningRate: 0.1, innerMomentum: 0.9 })],
    ['DAdaptLion', () => new DAdaptLion({ d0: 0.1 })],
  ])('by %s, for good', async (_, make) => {
    const p = variable('p', [2, 2]);
    const optimizer = own(make());
    for (let i = 0; i < 6; i++) step(optimizer, { p: [i === 1 ? NaN : 1, 1] });
    const [first, second] = await read(p);
    expect(first).toBeNaN();
    expect(second).toBeLessThan(2);
  });
});

describe('groups that are frozen, by a rate of 0', () => {
  const parameterGroups = [{ match: /frozen/, learningRate: (): number => 0 }];
  const grownLike = async (
    make: () => tf.Optimizer,
    g: (x: number) => number,
    steps: number,
  ): Promise<unknown> => {
    const results: number[][] = [];
    for (const gradients of [{}, { frozen: [5, 5, 5] }]) {
      const [live, frozen] = [variable('live', [4]), variable('frozen', [1, 1, 1])];
      const optimizer = make();
      for (let i = 0; i < steps; i++) step(optimizer, { live: [g((await read(live))[0]!)], ...gradients });
      results.push(await read(live));
      expect(await read(frozen)).toEqual([1, 1, 1]);
      optimizer.dispose();
      tf.dispose([live, frozen]);
    }
    return results;
  };

  it.each<[string, () => tf.Optimizer]>([
    ['Prodigy', () => new Prodigy({ d0: 0.1, parameterGroups })],
    ['Prodigy with safeguardWarmup', () => new Prodigy({ safeguardWarmup: true, d0: 0.1, parameterGroups })],
    ['DAdaptSGD', () => new DAdaptSGD({ d0: 0.01, parameterGroups })],
    ['DAdaptAdam', () => new DAdaptAdam({ d0: 0.01, parameterGroups })],
    ['DAdaptAdan', () => new DAdaptAdan({ d0: 0.01, parameterGroups })],
    ['DAdaptAdaGrad', () => new DAdaptAdaGrad({ d0: 0.01, parameterGroups })],
    ['DAdaptLion', () => new DAdaptLion({ d0: 0.01, parameterGroups })],
  ])('do not count in the estimate of %s', async (_, make) => {
    const [without, beside] = (await grownLike(make, (x) => x, 5)) as [number[], number[]];
    expect(beside).toEqual(near(...without));
    expect(without[0]).toBeLessThan(4);
  });

  it.each<[string, (options: object) => tf.Optimizer]>([
    ['Prodigy', (options) => new Prodigy(options)],
    ['DAdaptSGD', (options) => new DAdaptSGD(options)],
    ['DAdaptAdam', (options) => new DAdaptAdam(options)],
    ['DAdaptAdan', (options) => new DAdaptAdan(options)],
    ['DAdaptAdaGrad', (options) => new DAdaptAdaGrad(options)],
  ])('%s trains a group with a rate, whatever the rate of the others', async (_, make) => {
    const v = variable('lora', [7]);
    const groups = [{ match: /lora/, learningRate: 1 }];
    const optimizer = own(make({ learningRate: () => 0, d0: 0.5, parameterGroups: groups }));
    for (let i = 0; i < 3; i++) step(optimizer, { lora: [1] });
    expect((await read(v))[0]).toBeLessThan(7);
  });
});

it.each([
  ['Kron', () => new Kron()],
  ['ScalableShampoo', () => new ScalableShampoo()],
  ['Shampoo', () => new Shampoo()],
  ['SOAP', () => new SOAP()],
])('%s trains beside a tensor of no elements', async (_, make) => {
  const [a, b, none] = [variable('a', [[1, 2]]), variable('b', [[1, 2]]), variable('none', [[], []])];
  const [beside, alone] = [own(make()), own(make())];
  for (let i = 0; i < 3; i++) {
    step(beside, { a: [[3, -4]], none: [[], []] });
    step(alone, { b: [[3, -4]] });
  }
  expect(await read(a)).toEqual(await read(b));
  expect(await read(none)).toEqual([]);
});

describe('options of a group', () => {
  it('AdaBound: its own rate gives it a first rate of its own', async () => {
    const parameterGroups = [{ match: /b/, learningRate: 0.01 }];
    const [a, b] = [variable('a', [1, 1]), variable('b', [1, 1])];
    const optimizer = own(new AdaBound({ learningRate: 1e-6, gamma: 0.1, parameterGroups }));
    const alone = own(new AdaBound({ learningRate: 0.01, gamma: 0.1 }));
    for (let i = 0; i < 60; i++) {
      step(optimizer, { b: [1, -1] });
      step(alone, { a: [1, -1] });
    }
    expect(await read(b)).toEqual(await read(a));
  });

  it.each<[new (options: object) => object, string]>([
    [Adan, 'maxGradNorm'],
    [Lamb, 'maxGradNorm'],
    [DAdaptAdam, 'd0'],
    [DAdaptLion, 'd0'],
    [DAdaptSGD, 'growthRate'],
    [Prodigy, 'dCoef'],
    [AdaHessian, 'updatePeriod'],
    [AdaHessian, 'seed'],
    [SophiaH, 'numSamples'],
    [SophiaH, 'hessianDistribution'],
    [SophiaG, 'updatePeriod'],
    [SophiaG, 'seed'],
    [SWATS, 'switchTolerance'],
  ])('%s refuses %s, which is of the optimizer as a whole', (Class, option) => {
    const refusal = `${Class.name}: ${option} belongs to the optimizer as a whole, got it in parameterGroups[0]`;
    expect(() => new Class({ parameterGroups: [{ match: /a/, [option]: 1 }] })).toThrow(
      new TypeError(refusal),
    );
  });
});

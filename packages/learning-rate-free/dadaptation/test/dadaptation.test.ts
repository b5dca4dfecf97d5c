// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import { DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptLion, DAdaptSGD } from '@optim/dadaptation';
import { conformance, expectWalk, freeOwned, goldenSuite, own, suite, walk } from '@optim/testing';
import adaGrad from '@optim/testing/golden/DAdaptAdaGrad.json' with { type: 'json' };
import adam from '@optim/testing/golden/DAdaptAdam.json' with { type: 'json' };
import adan from '@optim/testing/golden/DAdaptAdan.json' with { type: 'json' };
import lion from '@optim/testing/golden/DAdaptLion.json' with { type: 'json' };
import sgd from '@optim/testing/golden/DAdaptSGD.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

suite(adam, (options) => new DAdaptAdam(options));
suite(lion, (options) => new DAdaptLion(options));

// From their first estimate these take longer than the suite trains.
goldenSuite(adaGrad, (options) => new DAdaptAdaGrad(options));
goldenSuite(adan, (options) => new DAdaptAdan(options));
goldenSuite(sgd, (options) => new DAdaptSGD(options));
conformance((options) => new DAdaptAdaGrad({ d0: 0.1, ...options }));
conformance((options) => new DAdaptAdan({ d0: 0.01, ...options }));
conformance((options) => new DAdaptSGD({ d0: 0.01, ...options }));

afterEach(freeOwned);

const weights = (values: number[], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));

/** Steps along the given gradients, one after the other; gives the values after each. */
async function follow(
  optimizer: BaseOptimizer,
  variable: tf.Variable,
  gradients: readonly (readonly number[])[],
): Promise<number[][]> {
  const seen: number[][] = [];
  for (const gradient of gradients) {
    tf.tidy(() => optimizer.applyGradients({ [variable.name]: tf.tensor1d([...gradient]) }));
    seen.push([...(await variable.data())]);
  }
  return seen;
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 6));
}

describe('a step that does not count', () => {
  const zero = [0, 0];
  const gradients = [
    [0.5, -2],
    [1, 0.25],
    [-0.5, 1],
  ];
  const classes = {
    DAdaptAdaGrad: () => new DAdaptAdaGrad({ d0: 0.1, momentum: 0.9 }),
    DAdaptAdam: () =>
      new DAdaptAdam({ d0: 0.1, biasCorrection: true, weightDecay: 0.5, weightDecayMode: 'decoupled' }),
    'DAdaptAdam with independent decay': () =>
      new DAdaptAdam({ d0: 0.1, weightDecay: 0.5, weightDecayMode: 'independent' }),
    DAdaptAdan: () => new DAdaptAdan({ d0: 0.1, weightDecay: 0.5 }),
    DAdaptLion: () => new DAdaptLion({ d0: 0.1 }),
    DAdaptSGD: () => new DAdaptSGD({ d0: 0.1, momentum: 0.9, weightDecay: 0.5 }),
  };

  it.each(Object.entries(classes))('%s: while all gradients are zero', async (name, make) => {
    const x = weights([1 / 3, -3]);
    const optimizer = own(make());
    const start = [...(await x.data())];
    const before = await optimizer.readGlobals();
    expect(await follow(optimizer, x, [zero, zero])).toEqual([start, start]);
    expect(optimizer.iterations).toBe(2);
    const globals = await optimizer.readGlobals();
    for (const [key, value] of Object.entries(before)) expect(globals[key], key).toBeCloseTo(value, 8);

    // Adan alone has seen a gradient to take the difference to.
    if (name === 'DAdaptAdan') return;
    const y = weights([1 / 3, -3]);
    expect(await follow(optimizer, x, gradients)).toEqual(await follow(own(make()), y, gradients));
  });

  it('DAdaptLion decays in it all the same', async () => {
    const seen = await walk(new DAdaptLion({ d0: 0.1, weightDecay: 0.5 }), [2, -4], [zero]);
    expectWalk(seen, [[2 * 0.95, -4 * 0.95]]);
  });

  it.each([
    ['DAdaptAdaGrad', DAdaptAdaGrad],
    ['DAdaptAdam', DAdaptAdam],
    ['DAdaptAdan', DAdaptAdan],
    ['DAdaptSGD', DAdaptSGD],
  ])('%s: while a schedule gives 0', async (_, Class) => {
    const learningRate = (step: number): number => (step === 1 ? 0 : 1);
    const x = weights([1, -3]);
    const optimizer = own(new Class({ d0: 0.1, learningRate, weightDecay: 0.1 }));
    await follow(optimizer, x, gradients.slice(0, 1));
    const values = [...(await x.data())];
    const state = await optimizer.stateDict();
    expect(await follow(optimizer, x, gradients.slice(1, 2))).toEqual([values]);
    expect(await optimizer.stateDict()).toEqual({ ...state, step: 2 });
    expect(await follow(optimizer, x, gradients.slice(2))).not.toEqual([values]);
  });

  it('DAdaptLion takes a rate of 0 as any other', async () => {
    const x = weights([1]);
    const optimizer = own(new DAdaptLion({ learningRate: 0, d0: 0.5, weightDecay: 0.5 }));
    expect(await follow(optimizer, x, [[3], [-3]])).toEqual([[1], [1]]);
    optimizer.learningRate = 1;
    expect(await follow(optimizer, x, [[3]])).toEqual([[1 * 0.75 - 0.5]]);
    optimizer.learningRate = 0;
    await follow(optimizer, x, [[3]]);
    // m = 0.01·0.5·3, then 0.99 of it.
    const { parameters } = await optimizer.stateDict();
    expectClose([...parameters[0]!.slots['m']!.data], [0.99 * 0.015]);
  });
});

describe('the first step', () => {
  it('DAdaptAdaGrad starts from a = 1e-6, and leaves an element without gradient exactly where it is', async () => {
    const optimizer = own(new DAdaptAdaGrad({ d0: 0.1, momentum: 0.3, epsilon: 0.5 }));
    const [[moved, still]] = (await follow(optimizer, weights([1, 1 / 3]), [[1e-3, 0]])) as [
      [number, number],
    ];
    // s = 1e-4, D = √2e-6 + 0.5; of the way 0.7.
    expect(moved).toBeCloseTo(1 - (0.7 * 1e-4) / (Math.sqrt(2e-6) + 0.5), 6);
    expect(still).toBe(Math.fround(1 / 3));
    expect(await optimizer.readGlobals()).toMatchObject({ d: Math.fround(0.1) });
  });

  it('DAdaptAdan is proximal in its decay, or not', async () => {
    // λ = 0.1, m = 0.02·0.1·2, v = 0.01·4 and m/√v = 0.02.
    // Only the decay acts on an element without gradient.
    const options = { d0: 0.1, weightDecay: 0.5 };
    expectWalk(await walk(new DAdaptAdan(options), [1, 1], [[2, 0]]), [[0.98 / 1.05, 1 / 1.05]]);
    const seen = await walk(new DAdaptAdan({ ...options, noProx: true }), [1, 1], [[2, 0]]);
    expectWalk(seen, [[0.95 - 0.02, 0.95]]);
  });

  it('DAdaptLion moves every element with a gradient by λ', async () => {
    const optimizer = new DAdaptLion({ d0: 0.25, learningRate: 0.5 });
    const seen = await walk(optimizer, [1, 1, 1], [[1e-4, -70, 0]]);
    expect(seen).toEqual([[0.875, 1.125, 1]]);
  });

  it('DAdaptSGD divides by the length of the gradients before the decay', async () => {
    const optimizer = own(new DAdaptSGD({ d0: 0.5, weightDecay: 1 }));
    const [values] = await follow(optimizer, weights([1, 2]), [[3, 4]]);
    // λ = 0.5/5; with the decay the gradient is (4, 6).
    expectClose(values!, [1 - 0.4, 2 - 0.6]);
    const { G0, d, r } = await optimizer.readGlobals();
    expectClose([G0!, d!, r!], [5, 0.5, 0]);
  });

  it('DAdaptSGD measures all parameters together, and that once', async () => {
    const [x, y] = [weights([0]), weights([0])];
    const optimizer = own(new DAdaptSGD({ d0: 0.5 }));
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor1d([3]), [y.name]: tf.tensor1d([4]) }));
    await follow(optimizer, x, [[12]]);
    expectClose([(await x.data())[0]!, (await y.data())[0]!], [-0.3 - 1.2, -0.4]);
    // r = 0.1·12·0.3 with the s of x alone, of which the length is then 1.5.
    const { G0, d } = await optimizer.readGlobals();
    expectClose([G0!, d!], [5, 0.5]);
  });
});

it('a group may have another learningRate, a factor on λ', async () => {
  const [x, y] = [weights([1], 'x'), weights([1], 'y')];
  const optimizer = own(new DAdaptLion({ d0: 0.25, parameterGroups: [{ match: /^y$/, learningRate: 0.5 }] }));
  for (const want of [
    [0.75, 0.875],
    [0.5, 0.75],
  ]) {
    tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([2]), y: tf.tensor1d([2]) }));
    expect([(await x.data())[0], (await y.data())[0]]).toEqual(want);
  }
  // b = √0.99; s = (1 − b)·(0.25, 0.125) after the first step, r = (1 − b)·Σ λus and Σ|s| after the second.
  const { d } = await optimizer.readGlobals();
  const b = Math.sqrt(0.99);
  const r = (1 - b) ** 2 * (0.25 ** 2 + 0.125 ** 2);
  const length = (1 - b) * (b + 1) * 0.375;
  expect(d).toBeCloseTo(Math.max(0.25, r / ((1 - b) * length)), 6);
});

describe('what they refuse', () => {
  it.each([
    ['DAdaptAdaGrad', DAdaptAdaGrad],
    ['DAdaptSGD', DAdaptSGD],
  ])('%s: a decay that the next step would undo', (name, Class) => {
    for (const weightDecayMode of ['decoupled', 'independent'] as unknown as 'coupled'[]) {
      expect(() => new Class({ weightDecayMode })).toThrow(
        new RangeError(`${name}: weightDecayMode must be one of 'coupled', got "${weightDecayMode}"`),
      );
    }
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ learningRate: Infinity }, 'learningRate must be in (0, ∞), got Infinity'],
    [{ d0: 0 }, 'd0 must be in (0, ∞), got 0'],
    [{ growthRate: 0.99 }, 'growthRate must be in [1, ∞], got 0.99'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('%o', (options, message) => {
    for (const Class of [DAdaptAdaGrad, DAdaptAdam, DAdaptAdan, DAdaptSGD]) {
      expect(() => new Class(options)).toThrow(new RangeError(`${Class.className}: ${message}`));
    }
  });

  it('DAdaptLion: a growthRate; DAdaptAdan: a mode of decay', () => {
    expect(() => new DAdaptLion({ growthRate: 2 } as object)).toThrow(
      'DAdaptLion: unknown option "growthRate"',
    );
    expect(() => new DAdaptAdan({ weightDecayMode: 'coupled' } as object)).toThrow(
      'DAdaptAdan: unknown option "weightDecayMode"',
    );
  });
});

// SPDX-License-Identifier: Apache-2.0

import { Prodigy, type ProdigyOptions } from '@optim/prodigy';
import { expectWalk, freeOwned, own, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Prodigy.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

suite(golden, (options) => new Prodigy(options));

afterEach(freeOwned);

const variable = (values: number[], shape: number[] = [values.length], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor(values, shape), true, name)));
const read = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data())];
const close = (...numbers: number[]): number[] =>
  numbers.map((number) => expect.closeTo(number, 5) as number);

function step(optimizer: Prodigy, x: tf.Variable, gradient: number[]): void {
  tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor(gradient, x.shape) }));
}

/** Length of the first step by hand, with the default β and without bias correction: (1 − β₁)/√(1 − β₂) of λ. */
const first = 0.1 / Math.sqrt(0.001);

it('takes a first step of Adam with rate d₀, and leaves an element without gradient', async () => {
  const seen = await walk(new Prodigy({ d0: 0.01 }), [1, 1, 1], [[3, -1e-2, 0]]);
  expectWalk(seen, [[1 - 0.01 * first, 1 + 0.01 * first, 1]]);
});

it('jumps from d₀ as far as the estimate says, and grows by growthRate from there', async () => {
  const x = variable([1]);
  const optimizer = own(new Prodigy({ d0: 1e-3, growthRate: 1.5 }));
  step(optimizer, x, [1]);
  const moved = 1 - (await read(x))[0]!;
  step(optimizer, x, [1]);
  // r = λ·g·(p₀ − p), s = (β₃ + 1)·λ·g.
  const d = moved / (Math.sqrt(0.999) + 1);
  expect(d).toBeGreaterThan(1.5 * 1e-3);
  expect(await optimizer.readGlobals()).toMatchObject({ d: expect.closeTo(d, 7), M: expect.closeTo(d, 7) });
  step(optimizer, x, [1]);
  const { d: next, M } = await optimizer.readGlobals();
  expect(next).toBeCloseTo(1.5 * d, 6);
  expect(M).toBeGreaterThan(next!);
});

it('takes another learningRate of a group as a factor on λ', async () => {
  const [x, y] = [variable([1], [1], 'x'), variable([1], [1], 'y')];
  const optimizer = own(new Prodigy({ d0: 0.01, parameterGroups: [{ match: /y/, learningRate: 0.5 }] }));
  tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([2]), y: tf.tensor1d([2]) }));
  expect([...(await read(x)), ...(await read(y))]).toEqual(close(1 - 0.01 * first, 1 - 0.005 * first));
});

it('keeps no first moment where β₁ is 0', async () => {
  const x = variable([1]);
  const optimizer = own(new Prodigy({ beta1: 0, d0: 0.01 }));
  step(optimizer, x, [2]);
  expect(await read(x)).toEqual(close(1 - 0.01 / Math.sqrt(0.001)));
  const { parameters } = await optimizer.stateDict();
  expect(Object.keys(parameters[0]!.slots)).toEqual(['v', 's', 'p0']);
});

describe('a slice', () => {
  it('is every sliceP-th element in row-major order, and is all that is kept', async () => {
    const x = variable([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
    const scalar = variable([9], []);
    const optimizer = own(new Prodigy({ sliceP: 3, d0: 0.01 }));
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.ones([2, 4]), [scalar.name]: tf.scalar(1) }));
    const { parameters } = await optimizer.stateDict();
    const shapes = parameters.map(({ slots }) =>
      Object.entries(slots).map(([name, { shape }]) => [name, shape]),
    );
    const of = (shape: number[], slice: number[]): unknown => [
      ['m', shape],
      ['v', shape],
      ['s', slice],
      ['p0', slice],
    ];
    expect(shapes).toEqual([of([2, 4], [3]), of([], [1])]);
    expect([...parameters[0]!.slots['p0']!.data]).toEqual([1, 4, 7]);
    expect([...parameters[1]!.slots['p0']!.data]).toEqual([9]);
  });

  it('makes no step while it has seen no gradient', async () => {
    const x = variable([1, 2, 3]);
    const optimizer = own(new Prodigy({ sliceP: 3, d0: 0.01, weightDecay: 0.1 }));
    step(optimizer, x, [0, 5, 5]);
    expect(await read(x)).toEqual([1, 2, 3]);
    step(optimizer, x, [1, 0, 0]);
    expect(await read(x)).not.toEqual([1, 2, 3]);
  });
});

describe('a step that does not count', () => {
  const gradients = [
    [0.5, -2],
    [1, 0.25],
    [-0.5, 1],
  ];
  const options: ProdigyOptions[] = [
    { d0: 0.1, biasCorrection: true, weightDecay: 0.5 },
    { d0: 0.1, weightDecay: 0.5, weightDecayMode: 'independent', growthRate: 1.1 },
    { d0: 0.1, beta1: 0, sliceP: 2, safeguardWarmup: true },
  ];

  it.each(options)('while all gradients are zero: %o', async (given) => {
    const x = variable([1 / 3, -3]);
    const optimizer = own(new Prodigy(given));
    const start = await read(x);
    for (let i = 0; i < 2; i++) step(optimizer, x, [0, 0]);
    expect(await read(x)).toEqual(start);
    const d0 = Math.fround(0.1);
    expect(await optimizer.readGlobals()).toEqual({ d: d0, M: d0, r: 0, c1: 0, c2: 0 });
    const y = variable([1 / 3, -3]);
    const fresh = own(new Prodigy(given));
    for (const gradient of gradients) {
      step(optimizer, x, gradient);
      step(fresh, y, gradient);
      expect(await read(x)).toEqual(await read(y));
    }
  });

  it('while a schedule gives 0', async () => {
    const x = variable([1, -3]);
    const optimizer = own(new Prodigy({ d0: 0.1, learningRate: (done) => (done === 1 ? 0 : 1) }));
    step(optimizer, x, gradients[0]!);
    const values = await read(x);
    const state = await optimizer.stateDict();
    step(optimizer, x, gradients[1]!);
    expect(await read(x)).toEqual(values);
    expect(await optimizer.stateDict()).toEqual({ ...state, step: 2 });
    step(optimizer, x, gradients[2]!);
    expect(await read(x)).not.toEqual(values);
  });
});

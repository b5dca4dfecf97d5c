// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { AvaGrad, type AvaGradOptions } from '@optim/avagrad';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AvaGrad.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

suite(golden, (options) => new AvaGrad(options));

const avaGrad = (options: AvaGradOptions): AvaGrad =>
  new AvaGrad({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5, ...options });

describe('AvaGrad: the first step', () => {
  it('moves nothing; from the second on the v of the step before divides', async () => {
    // v: 1, 1.75. Second step: γ = ε = 0.5, √v corrected for one step is 2, m = 1.5 over 0.75.
    const second = -(0.5 * 0.1 * 2) / 2.5;
    // There w = 1/√0.4375 + 0.5, which is γ in the third, of one element; m = 1.75 over 0.875.
    const third = second - ((1 / Math.sqrt(0.4375) + 0.5) * 0.1 * 2) / (Math.sqrt(1.75 / 0.4375) + 0.5);
    expectWalk(await walk(avaGrad({}), [0], [[2], [2], [2]]), [[0], [second], [third]]);
  });

  it('decays nothing either, unless coupled', async () => {
    const step = -(0.5 * 0.1 * 2) / 2.5;
    const gradients = [[2], [2]];
    const decoupled = { weightDecay: 0.2, weightDecayMode: 'decoupled' } as const;
    expectWalk(await walk(avaGrad(decoupled), [1], gradients), [[1], [0.98 + step]]);
    const independent = { weightDecay: 0.2, weightDecayMode: 'independent' } as const;
    expectWalk(await walk(avaGrad(independent), [1], gradients), [[1], [0.8 + step]]);
    // A gradient of 2 in both.
    expectWalk(await walk(avaGrad({ weightDecay: 0.2 }), [1], [[1.8], [1.8]]), [[1], [1 + step]]);
  });

  it('is followed by steps of γ·m/ε where there were only gradients of zero', async () => {
    // γ = ε twice.
    expectWalk(await walk(avaGrad({}), [1], [[0], [0], [2]]), [[1], [1], [1 - 0.1 / 0.875]]);
  });
});

describe('AvaGrad: γ', () => {
  let [a, b]: tf.Variable[] = [];
  const step = (optimizer: AvaGrad, gradients: Record<string, number[]>): void =>
    tf.tidy(() =>
      optimizer.applyGradients(
        Object.fromEntries(Object.entries(gradients).map(([name, values]) => [name, tf.tensor1d(values)])),
      ),
    );

  beforeEach(() => {
    a = tf.tidy(() => tf.variable(tf.zeros([1]), true, 'a'));
    b = tf.tidy(() => tf.variable(tf.zeros([3]), true, 'b'));
  });
  afterEach(() => tf.dispose([a!, b!]));

  it('is one for all elements of the parameters that have a gradient', async () => {
    const optimizer = avaGrad({});
    expect(await optimizer.readGlobals()).toEqual({ gamma: 0 });
    step(optimizer, { a: [2] });
    expect(await optimizer.readGlobals()).toEqual({ gamma: 0.5 });
    // a: v = 1, w = 1/√(7/16) + ½ = 2.01185789; b: w = ½ three times, for its first step counts.
    step(optimizer, { a: [2], b: [4, 4, 4] });
    const w = 1 / Math.sqrt(0.4375) + 0.5;
    expect((await optimizer.readGlobals())['gamma']).toBeCloseTo(Math.sqrt(4 / (1 / w ** 2 + 12)), 6);
    // b alone: v = 4, w = 2/√(7/16) + ½.
    step(optimizer, { b: [4, 4, 4] });
    expect((await optimizer.readGlobals())['gamma']).toBeCloseTo(2 / Math.sqrt(0.4375) + 0.5, 6);
    optimizer.dispose();
  });

  it('is one for every group, and stays as it is without gradients in the group', async () => {
    const optimizer = avaGrad({ parameterGroups: [{ match: /b/, epsilon: 0.25 }] });
    step(optimizer, { a: [2], b: [4, 4, 4] });
    expect(await optimizer.readGlobals()).toEqual({ gamma: 0.5, gamma1: 0.25 });
    step(optimizer, { b: [4, 4, 4] });
    const globals = await optimizer.readGlobals();
    expect(globals['gamma']).toBe(0.5);
    expect(globals['gamma1']).toBeCloseTo(2 / Math.sqrt(0.4375) + 0.25, 6);
    // Each steps as it would alone: b by γ = ε = 0.25, m = 3 over 0.75, √v = 4 corrected.
    expect((await b!.data())[0]).toBeCloseTo(-(0.25 * 0.1 * 4) / 4.25, 6);
    step(optimizer, { a: [2] });
    expect((await a!.data())[0]).toBeCloseTo(-(0.5 * 0.1 * 2) / 2.5, 6);
    optimizer.dispose();
  });
});

it('tells hooks the second moment of its next step', async () => {
  const make = (transforms: Hook[]): AvaGrad => new AvaGrad({ beta2: 0.75, transforms });
  // 0.75·0.25·1 + 0.25·9, over 1 − 0.75².
  expect(await observedSecondMoment(make, [[1], [3]])).toBeCloseTo(2.4375 / 0.4375, 5);
});

it.each([
  [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('AvaGrad refuses %o', (options, message) => {
  expect(() => new AvaGrad(options)).toThrow(new RangeError(`AvaGrad: ${message}`));
});

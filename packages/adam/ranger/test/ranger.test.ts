// SPDX-License-Identifier: Apache-2.0

import { rectification } from '@optim/formulas';
import { Ranger, type RangerOptions } from '@optim/ranger';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Ranger.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// The conformance suite trains for few steps, and towards other means than the units start with.
const quick = { centralizeGradients: false, alpha: 0.8 };

suite(golden, ({ useGc, ...options }, golden) => {
  const centralized = golden ? { centralizeGradients: useGc !== false } : quick;
  return new Ranger({ ...centralized, ...options });
});

/** With β₁ = 0 and steps without a denominator, a step is learningRate·g. */
const plain = { learningRate: 1, beta1: 0, nSmaThreshold: 1000 };

describe('Ranger: Lookahead', () => {
  const ones = Array<number[]>(4).fill([1]);

  it('goes back part of the way in every k-th step, from the slow weights of the one before', async () => {
    const optimizer = new Ranger({ ...plain, k: 2, alpha: 0.25 });
    // φ = 10 + ¼(8 − 10) = 9.5, then 9.5 + ¼(7.5 − 9.5) = 9
    expectWalk(await walk(optimizer, [10], ones), [[9], [9.5], [8.5], [9]]);
  });

  it('leaves the fast weights as they are with alpha 1, and holds them with alpha 0', async () => {
    expectWalk(await walk(new Ranger({ ...plain, k: 2, alpha: 1 }), [10], ones), [[9], [8], [7], [6]]);
    expectWalk(await walk(new Ranger({ ...plain, k: 1, alpha: 0 }), [10], ones), [[10], [10], [10], [10]]);
  });

  it('counts the updates of each parameter by itself', async () => {
    const [x, y] = ['x', 'y'].map((name) => tf.tidy(() => tf.variable(tf.scalar(10), true, name)));
    const optimizer = new Ranger({ ...plain, k: 2 });
    const one = tf.scalar(1);
    for (const gradients of [{ x: one }, { x: one, y: one }, { x: one, y: one }])
      optimizer.applyGradients(gradients);
    // x after its third update, y after its second
    expect([(await x!.data())[0], (await y!.data())[0]]).toEqual([8, 9]);
    tf.dispose([x, y, one]);
    optimizer.dispose();
  });
});

describe('Ranger: centralization', () => {
  /** The kernel [[1], [3]] after a step with the gradient [[2], [4]]. */
  async function kernelAfter(options: RangerOptions): Promise<ArrayLike<number>> {
    const x = tf.tidy(() => tf.variable(tf.tensor2d([[1], [3]])));
    const optimizer = new Ranger({ ...plain, ...options });
    tf.tidy(() => optimizer.applyGradients({ [x.name]: tf.tensor2d([[2], [4]]) }));
    const values = await x.data();
    x.dispose();
    optimizer.dispose();
    return values;
  }

  it('takes out the mean of a unit, before coupled decay comes in', async () => {
    expectClose('alone', await kernelAfter({}), [2, 2], 1e-6);
    expectClose('decoupled', await kernelAfter({ weightDecay: 0.5 }), [1.5, 0.5], 1e-6);
    // −1 + ½·1 and 1 + ½·3
    const coupled = { weightDecay: 0.5, weightDecayMode: 'coupled' } as const;
    expectClose('coupled', await kernelAfter(coupled), [1.5, 0.5], 1e-6);
    expectClose('coupled, convOnly', await kernelAfter({ ...coupled, gcConvOnly: true }), [-1.5, -2.5], 1e-6);
  });

  it('can be off, or leave kernels of dense layers alone', async () => {
    expectClose('off', await kernelAfter({ centralizeGradients: false }), [-1, -1], 1e-6);
    expectClose('gcConvOnly', await kernelAfter({ gcConvOnly: true }), [-1, -1], 1e-6);
  });
});

describe('Ranger: the first steps', () => {
  it('decay weights even where there is no step', async () => {
    const options = { learningRate: 0.5, degeneratedToSgd: false };
    const gradients = [[1], [1]];
    const decoupled = new Ranger({ ...options, weightDecay: 0.2 });
    expectWalk(await walk(decoupled, [2], gradients), [[1.8], [1.62]]);
    const independent = new Ranger({ ...options, weightDecay: 0.2, weightDecayMode: 'independent' });
    expectWalk(await walk(independent, [2], gradients), [[1.6], [1.28]]);
    const coupled = new Ranger({ ...options, weightDecay: 0.2, weightDecayMode: 'coupled' });
    expectWalk(await walk(coupled, [2], gradients), [[2], [2]]);
  });

  it('last as long as ρ is not greater than the threshold', async () => {
    const { rho } = rectification(6, 0.999);
    const last = async (nSmaThreshold: number): Promise<number> => {
      const options = { ...plain, nSmaThreshold, epsilon: 0, k: 100 };
      return (await walk(new Ranger(options), [0], Array<number[]>(6).fill([2])))[5]![0]!;
    };
    expect(await last(rho)).toBe(-12);
    // r·√(1 − β₂ᵗ)·g/√v = r for a constant gradient
    expectClose('rectified', [await last(rho - 1e-6)], [-10 - rectification(6, 0.999).r], 1e-5);
  });
});

it.each([
  [{ k: 0 }, 'k must be an integer in [1, ∞), got 0'],
  [{ k: 1.5 }, 'k must be an integer in [1, ∞), got 1.5'],
  [{ alpha: 1.1 }, 'alpha must be in [0, 1], got 1.1'],
  [{ nSmaThreshold: 3.9 }, 'nSmaThreshold must be in [4, ∞), got 3.9'],
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ epsilon: -1 }, 'epsilon must be in [0, ∞), got -1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ adanormR: 1 }, 'adanormR must be in [0, 1), got 1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  [
    { weightDecayMode: 'l2' as 'coupled' },
    `weightDecayMode must be one of 'decoupled', 'coupled', 'independent', 'corrected', got "l2"`,
  ],
])('Ranger refuses %o', (options, message) => {
  expect(() => new Ranger(options)).toThrow(new RangeError(`Ranger: ${message}`));
});

// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { DiffGrad, type DiffGradOptions } from '@optim/diffgrad';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/DiffGrad.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new DiffGrad(options));

const diffGrad = (options: DiffGradOptions): DiffGrad =>
  new DiffGrad({ learningRate: 0.1, epsilon: 0, ...options });
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('DiffGrad: the friction', () => {
  it('is the sigmoid of how much the gradient has changed, from 0 at first', async () => {
    // With a constant gradient Adam's step is the learning rate.
    const first = 2 - 0.1 * sigmoid(3);
    expectWalk(await walk(diffGrad({}), [2], [[3], [3], [3]]), [[first], [first - 0.05], [first - 0.1]]);
    // m = −2/0.75, v = 64: as good as none.
    const options = { beta1: 0.5, beta2: 0.75 };
    const turned = -0.1 * sigmoid(8) + (0.1 * sigmoid(16) * 2) / 0.75 / 8;
    expectWalk(await walk(diffGrad(options), [0], [[8], [-8]]), [[-0.1 * sigmoid(8)], [turned]]);
  });

  it('compares gradients after coupled decay', async () => {
    const options = { weightDecay: 0.25 };
    expectWalk(await walk(diffGrad(options), [2], [[1]]), [[2 - 0.1 * sigmoid(1.5)]]);
  });

  it('compares gradients before AdaNorm, which stretches those in the first moment alone', async () => {
    // e: 2, then 1.5 > 1. m = 2, 1.75; v = 4, 3.25.
    const options = { adanorm: true, adanormR: 0.5, beta1: 0.5, beta2: 0.75 };
    const first = -0.1 * sigmoid(4);
    const second = first - (0.1 * sigmoid(3) * 1.75) / 0.75 / Math.sqrt(3.25 / 0.4375);
    expectWalk(await walk(diffGrad(options), [0], [[4], [1]]), [[first], [second]]);
  });

  it('leaves a weight alone that has only had gradients of zero', async () => {
    expectWalk(await walk(new DiffGrad(), [2], [[0], [0]]), [[2], [2]]);
  });
});

describe('DiffGrad: rectify', () => {
  const steps = (options: DiffGradOptions): Promise<number[][]> =>
    walk(diffGrad({ rectify: true, ...options }), [2], Array<number[]>(6).fill([0.5]));
  /** Of step 6 with β₂ = 0.999, where ρ = 5.994164; half of it with friction. */
  const r6 = Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164));

  it('takes momentum steps without friction first', async () => {
    expectWalk(await steps({}), [[1.95], [1.9], [1.85], [1.8], [1.75], [1.75 - 0.05 * r6]]);
  });

  it('or none, and then nothing decays either', async () => {
    const options = { degeneratedToSgd: false, weightDecay: 0.1 };
    const withheld = Array<number[]>(5).fill([2]);
    const decoupled = await steps({ ...options, weightDecayMode: 'decoupled' });
    expectWalk(decoupled, [...withheld, [1.98 - 0.05 * r6]]);
    const independent = await steps({ ...options, weightDecayMode: 'independent' });
    expectWalk(independent, [...withheld, [1.8 - 0.05 * r6]]);
    // Moments and h go on: with a gradient of 0.7 all along the sixth step is as long as ever.
    const coupled = await steps({ ...options, weightDecayMode: 'coupled' });
    expectWalk(coupled, [...withheld, [2 - 0.05 * r6]]);
  });

  it('divides by no variance that is not finite: ρ∞ = 4, which ρ reaches in floating point', async () => {
    const options = { rectify: true, beta2: 0.6, nSmaThreshold: 4 };
    const seen = await walk(diffGrad(options), [2], Array<number[]>(120).fill([0.01]));
    expectWalk(seen.slice(-1), [[2 - 120 * 0.001]]);
  });
});

it('tells hooks its second moment, the largest with amsgrad', async () => {
  const make = (amsgrad: boolean) => (transforms: Hook[]) =>
    new DiffGrad({ beta2: 0.75, amsgrad, transforms });
  // v = 2.25, 1.6875, over 1 − 0.75².
  expect(await observedSecondMoment(make(false), [[3], [0]])).toBeCloseTo(1.6875 / 0.4375, 5);
  expect(await observedSecondMoment(make(true), [[3], [0]])).toBeCloseTo(2.25 / 0.4375, 5);
});

it.each([
  [{ nSmaThreshold: 3.9 }, 'nSmaThreshold must be in [4, ∞), got 3.9'],
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ adanormR: 1 }, 'adanormR must be in [0, 1), got 1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('DiffGrad refuses %o', (options, message) => {
  expect(() => new DiffGrad(options)).toThrow(new RangeError(`DiffGrad: ${message}`));
});

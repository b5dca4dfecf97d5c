// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { RAdam, type RAdamOptions } from '@optim/radam';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/RAdam.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

// The conformance suite takes fewer steps than the defaults withhold.
suite(golden, (options, golden) => new RAdam(golden ? options : { degeneratedToSgd: true, ...options }));

describe('RAdam: the first steps', () => {
  /** A weight that starts at 2, after each of some steps with gradients of 0.5. */
  const steps = (options: RAdamOptions, count: number): Promise<number[][]> =>
    walk(new RAdam({ learningRate: 0.1, epsilon: 0, ...options }), [2], Array<number[]>(count).fill([0.5]));
  const withheld = Array<number[]>(5).fill([2]);
  /** At step 6 with β₂ = 0.999, where ρ = 5.994164; with a constant gradient, the length of a step in learning rates. */
  const r6 = Math.sqrt((1.994164 * 3.994164 * 1999) / (1995 * 1997 * 5.994164));

  it('are withheld, and so is the decay', async () => {
    expectWalk(await steps({}, 6), [...withheld, [2 - 0.1 * r6]]);
    expectWalk(await steps({ weightDecay: 0.1 }, 6), [...withheld, [1.98 - 0.1 * r6]]);
    const independent = { weightDecay: 0.1, weightDecayMode: 'independent' } as const;
    expectWalk(await steps(independent, 6), [...withheld, [1.8 - 0.1 * r6]]);
    // Coupled, the gradient is 0.7 all along: a step of the same length, but for ε, which is beside the uncorrected √v.
    const coupled = { weightDecay: 0.1, weightDecayMode: 'coupled', epsilon: 0.01 } as const;
    const root = 0.7 * Math.sqrt(1 - 0.999 ** 6);
    expectWalk(await steps(coupled, 6), [...withheld, [2 - (0.1 * r6 * root) / (root + 0.01)]]);
  });

  it('are momentum steps with degeneratedToSgd', async () => {
    expectWalk(await steps({ degeneratedToSgd: true }, 2), [[1.95], [1.9]]);
    // m = 0.05, 0.095; the weights decay now.
    const options = { degeneratedToSgd: true, adamD: true, weightDecay: 0.1 };
    expectWalk(await steps(options, 2), [[1.98 - 0.005], [1.975 * 0.99 - 0.0095]]);
  });

  it('end where ρ reaches the threshold', async () => {
    // ρ = 4.995998 at step 5, 5.994164 at step 6.
    expect((await steps({ nSmaThreshold: 4.9959 }, 5))[4]![0]).toBeLessThan(2);
    expect((await steps({ nSmaThreshold: 4.9961 }, 5))[4]![0]).toBe(2);
    expect((await steps({ nSmaThreshold: 5.9942 }, 6))[5]![0]).toBe(2);
  });

  it('never end with a short memory, where ρ∞ is no longer than the threshold', async () => {
    expect(await steps({ beta2: 2 / 3 }, 30)).toEqual(Array(30).fill([2]));
    // ρ∞ = 4, which ρ reaches in floating point.
    expect(await steps({ beta2: 0.6, nSmaThreshold: 4 }, 120)).toEqual(Array(120).fill([2]));
    expect(await steps({ beta2: 0 }, 8)).toEqual(Array(8).fill([2]));
  });
});

it('tells hooks its second moment', async () => {
  const make = (transforms: Hook[]): RAdam => new RAdam({ beta2: 0.75, transforms });
  // 0.75·0.25·1 + 0.25·9, over 1 − 0.75².
  expect(await observedSecondMoment(make, [[1], [3]])).toBeCloseTo(2.4375 / 0.4375, 5);
});

it.each([
  [{ nSmaThreshold: 3.9 }, 'nSmaThreshold must be in [4, ∞), got 3.9'],
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ adanormR: 1 }, 'adanormR must be in [0, 1), got 1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('RAdam refuses %o', (options, message) => {
  expect(() => new RAdam(options)).toThrow(new RangeError(`RAdam: ${message}`));
});

// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { NAdam, type NAdamOptions } from '@optim/nadam';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/NAdam.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new NAdam(options));

describe('NAdam: the momentum', () => {
  /** With a gradient of 1 all along, and ε = 0: the denominator is 1 and m is 1 − β₁ᵗ. */
  const steps = (options: NAdamOptions, count: number): Promise<number[][]> =>
    walk(new NAdam({ learningRate: 1, epsilon: 0, ...options }), [0], Array<number[]>(count).fill([1]));

  it('stays at β₁/2 without momentumDecay', async () => {
    // μ = 0.4; t = 1: π = 0.4, 1 + 0.4/(1 − 0.16)·0.2; t = 2: π = 0.16, 0.6/0.84 + 0.4/(1 − 0.064)·0.36.
    const first = 1 + (0.4 / 0.84) * 0.2;
    const second = 0.6 / 0.84 + (0.4 / 0.936) * 0.36;
    expectWalk(await steps({ beta1: 0.8, momentumDecay: 0 }, 2), [[-first], [-first - second]]);
  });

  it('is β₁ from the first step on with a large one', async () => {
    // μ = ½; t = 1: π = ½, 1 + ½/(1 − ¼)·½; t = 2: π = ¼, ½/¾ + ½/(1 − ⅛)·¾.
    expectWalk(await steps({ beta1: 0.5, momentumDecay: 1e6 }, 2), [[-4 / 3], [-4 / 3 - 2 / 3 - 3 / 7]]);
  });

  it('rises in between', async () => {
    // 0.96^(tψ) = ½, ¼, ⅛: μ = ¾, ⅞, 15/16 of β₁ = 0.8, that is 0.6, 0.7, 0.75; π = 0.6, 0.42.
    const first = 1 + (0.7 / (1 - 0.42)) * 0.2;
    const second = 0.3 / 0.58 + (0.75 / (1 - 0.315)) * 0.36;
    const options = { beta1: 0.8, momentumDecay: Math.log(0.5) / Math.log(0.96) };
    expectWalk(await steps(options, 2), [[-first], [-first - second]]);
  });

  it('is none at all with beta1 = 0', async () => {
    expectWalk(await steps({ beta1: 0 }, 3), [[-1], [-2], [-3]]);
  });

  it('ends in steps of the learning rate, with a product that has vanished', async () => {
    const seen = await steps({ beta1: 0.9, beta2: 0, learningRate: 0.25 }, 400);
    expect(seen[399]![0]! - seen[398]![0]!).toBeCloseTo(-0.25, 4);
  });
});

it('tells hooks its second moment', async () => {
  const make = (transforms: Hook[]): NAdam => new NAdam({ beta2: 0.75, transforms });
  // 0.75·0.25·1 + 0.25·9, over 1 − 0.75².
  expect(await observedSecondMoment(make, [[1], [3]])).toBeCloseTo(2.4375 / 0.4375, 5);
});

it.each([
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ momentumDecay: -1 }, 'momentumDecay must be in [0, ∞), got -1'],
  [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('NAdam refuses %o', (options, message) => {
  expect(() => new NAdam(options)).toThrow(new RangeError(`NAdam: ${message}`));
});

// SPDX-License-Identifier: Apache-2.0

import type { Hook } from '@optim/core';
import { QHAdam, type QHAdamOptions } from '@optim/qhadam';
import { expectWalk, suite, observedSecondMoment, walk } from '@optim/testing';
import golden from '@optim/testing/golden/QHAdam.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new QHAdam(options));

describe('QHAdam: the shares', () => {
  const steps = (options: QHAdamOptions): Promise<number[][]> =>
    walk(new QHAdam({ learningRate: 1, beta1: 0.5, beta2: 0.75, epsilon: 0, ...options }), [0], [[1], [-3]]);
  // In the second step m̂ = (0.25 − 1.5)/0.75 = −5/3 and v̂ = (0.1875 + 2.25)/0.4375 = 39/7.
  const [m, v] = [-5 / 3, 39 / 7];

  it('make no difference in the first step', async () => {
    for (const options of [{ nu1: 0 }, { nu2: 0 }, { nu1: 0.3, nu2: 0.6 }])
      expectWalk((await steps(options)).slice(0, 1), [[-1]]);
    expectWalk((await steps({ nu1: 0.3, epsilon: 1 })).slice(0, 1), [[-0.5]]);
  });

  it('mix the averages with the gradient', async () => {
    const mixed = (0.6 * m - 0.4 * 3) / Math.sqrt(0.8 * v + 0.2 * 9);
    expectWalk(await steps({ nu1: 0.6, nu2: 0.8 }), [[-1], [-1 - mixed]]);
  });

  it('are those of Adam, RMSProp and sign descent at their ends', async () => {
    expectWalk(await steps({}), [[-1], [-1 - m / Math.sqrt(v)]]);
    expectWalk(await steps({ nu1: 0 }), [[-1], [-1 + 3 / Math.sqrt(v)]]);
    expectWalk(await steps({ nu1: 0, nu2: 0 }), [[-1], [0]]);
  });
});

it('leaves a weight alone that has only had gradients of zero', async () => {
  expectWalk(await walk(new QHAdam({ nu1: 0.5, nu2: 0.5 }), [1], [[0], [0]]), [[1], [1]]);
});

it('tells hooks what it divides by', async () => {
  const make = (transforms: Hook[]): QHAdam => new QHAdam({ beta2: 0.75, nu2: 0.8, transforms });
  expect(await observedSecondMoment(make, [[1], [-3]])).toBeCloseTo((0.8 * 39) / 7 + 0.2 * 9, 5);
});

it.each([
  [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
  [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
  [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
  [{ nu1: 1.1 }, 'nu1 must be in [0, 1], got 1.1'],
  [{ nu2: -0.1 }, 'nu2 must be in [0, 1], got -0.1'],
  [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
])('QHAdam refuses %o', (options, message) => {
  expect(() => new QHAdam(options)).toThrow(new RangeError(`QHAdam: ${message}`));
});

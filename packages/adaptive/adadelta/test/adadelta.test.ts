// SPDX-License-Identifier: Apache-2.0

import { AdaDelta } from '@optim/adadelta';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/AdaDelta.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

// The default epsilon starts too slowly for a suite of a hundred steps.
suite(golden, (options, golden) => new AdaDelta(golden ? options : { epsilon: 1e-2, ...options }));

describe('AdaDelta', () => {
  it('starts with steps that epsilon sets, whatever the gradient', async () => {
    // v = g²/2 ≫ ε, so that |d| = √(2ε) = 0.02.
    const optimizer = new AdaDelta({ rho: 0.5, epsilon: 2e-4 });
    expectWalk(await walk(optimizer, [1, 1], [[1e4, -1e6]]), [[0.98, 1.02]]);
  });

  it('keeps the learning rate out of the size of recent steps', async () => {
    // v: 2, 1; d: 2·√(1/3), 0; u: 2/3; d of a third gradient of 1 at v = 1: √(1/3 + 1)/√2.
    const gradients = [[2], [0], [1]];
    const third = Math.sqrt(4 / 3 / 2);
    const first = 2 / Math.sqrt(3);
    expectWalk(await walk(new AdaDelta({ rho: 0.5, epsilon: 1 }), [0], gradients), [
      [-first],
      [-first],
      [-first - third],
    ]);
    expectWalk(await walk(new AdaDelta({ learningRate: 3, rho: 0.5, epsilon: 1 }), [0], gradients), [
      [-3 * first],
      [-3 * first],
      [-3 * (first + third)],
    ]);
  });

  it('leaves elements without a gradient where they are', async () => {
    expect(await walk(new AdaDelta(), [0.5], [[0], [0]])).toEqual([[0.5], [0.5]]);
  });

  it.each([
    [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
    [{ rho: 1 }, 'rho must be in [0, 1), got 1'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ weightDecay: Infinity }, 'weightDecay must be in [0, ∞), got Infinity'],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaDelta(options)).toThrow(new RangeError(`AdaDelta: ${message}`));
  });
});

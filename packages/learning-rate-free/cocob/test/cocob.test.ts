// SPDX-License-Identifier: Apache-2.0

import { COCOB } from '@optim/cocob';
import { conformance, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/COCOB.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new COCOB(options));
// By default it warms up for as many steps as the suite has.
conformance((options) => new COCOB({ alpha: 4, ...options }), undefined, {
  'steps alike with a learning rate given and one set': 'a constant rate has no influence',
});

describe('COCOB', () => {
  it('bets 1/alpha at first, whatever the gradient, and nothing without one', async () => {
    expectWalk(await walk(new COCOB(), [1, 1, 1], [[1e4, -1e-4, 0]]), [[0.99, 1.01, 1]]);
    expectWalk(await walk(new COCOB({ alpha: 1 }), [1, 1], [[1e4, -1e-4]]), [[0.5, 1.5]]);
  });

  it('stakes more after it has won', async () => {
    // L = 1, S = 1: −¼; then R = ¼, S = 2, θ = −2: −2·1.25/4. Then a loss: R = max(¼ − 0.625·2, 0) = 0, L = 2, S = 4, θ = 0.
    const seen = await walk(new COCOB({ alpha: 4 }), [0], [[1], [1], [-2]]);
    expectWalk(seen, [[-0.25], [-0.625], [0]]);
  });

  it('is moved by a rate that changes, and not by one that does not', async () => {
    const gradients = [[1], [1]];
    const want = await walk(new COCOB({ alpha: 4 }), [0], gradients);
    expectWalk(await walk(new COCOB({ alpha: 4, learningRate: 8 }), [0], gradients), want);
    // L = 1, S = 1.5, θ = −1.5, R = ½·¼
    const falling = new COCOB({ alpha: 4, learningRate: (step) => (step === 0 ? 1 : 0.5) });
    expectWalk(await walk(falling, [0], gradients), [[-0.25], [(-1.5 * 1.125) / 4]]);
  });

  it.each([
    [{ alpha: -1 }, 'alpha must be in [0, ∞), got -1'],
    [{ epsilon: 0 }, 'epsilon must be in (0, ∞), got 0'],
    [{ weightDecayMode: 'decoupled' as 'coupled' }, "weightDecayMode must be one of 'coupled', got "],
  ])('refuses %o', (options, message) => {
    expect(() => new COCOB(options)).toThrow(`COCOB: ${message}`);
  });
});

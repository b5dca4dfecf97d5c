// SPDX-License-Identifier: Apache-2.0

import { A2Grad, type A2GradOptions } from '@optim/a2grad';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/A2Grad.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new A2Grad(options));

describe('A2Grad', () => {
  // γ: 1, ½, ⅓, ¼.
  const a2grad = (options: A2GradOptions = {}): A2Grad => new A2Grad({ lips: 0.5, beta: 1, ...options });

  it('starts by gradient descent, and goes on averaging where there is no gradient', async () => {
    // δ = 0, u = 1, x = 2 = p. Then ḡ = 2, h = 1, u = 3/(½ + 1) = 2, x = 0, p = ½(2 − ⅔·2). Then p = ⅗p + ⅖x.
    expectWalk(await walk(a2grad(), [3], [[1], [3], [0]]), [[2], [1 / 3], [1 / 5]]);
  });

  it.each([
    // δ²: 0, 1, 16/9, 0.
    ['uni', 5 / 3],
    // ((1·(2/3)² + 16/9)·(3/4)²).
    ['inc', Math.sqrt(5 / 4)],
    // w: 0, 1/2, 41/36, 41/72.
    ['exp', Math.sqrt((4 * 41) / 36)],
  ] as const)('adds deviations up: %s', async (variant, h) => {
    const seen = await walk(a2grad({ variant }), [3], [[1], [3], [0], [4 / 3]]);
    const u = 4 / 3 / (1 / 4 + h);
    expectWalk(seen.slice(1), [[1 / 3], [1 / 5], [(2 / 3) * (1 / 5 - (2 / 5) * u) - u / 3]]);
  });

  it('has one scale for a whole tensor where that is asked for', async () => {
    // δ = (0.6, 0.8), so that h = 1; x − u and p = ½(p − ⅔u) + ½x.
    const gradients = [
      [1, 1],
      [2.2, 2.6],
    ];
    const [, second] = await walk(a2grad({ scaling: 'tensor' }), [3, 3], gradients);
    const after = (g: number): number => 2 - (5 / 6) * (g / 1.5);
    expectWalk([second!], [[after(2.2), after(2.6)]]);
  });

  it('grows its steps where nothing deviates', async () => {
    // u: 1, 2, 3; x: −1, −3, −6; p: −1, ½(−1 − ⅔·2) + ½·(−3), ⅗(p − ½·3) + ⅖·(−6).
    expectWalk(await walk(a2grad(), [0], [[1], [1], [1]]), [[-1], [-8 / 3], [-4.9]]);
  });

  it('decays the point of the gradient alone where decay is independent', async () => {
    // ⅓·½·3 + ⅔·3.
    const options: A2GradOptions = { weightDecay: 0.5, weightDecayMode: 'independent' };
    expectWalk(await walk(a2grad(options), [3], [[0]]), [[2.5]]);
    // Coupled: g = 1 + ½·3.
    expectWalk(await walk(a2grad({ weightDecay: 0.5 }), [3], [[1]]), [[0.5]]);
  });

  it('has no learning rate', () => {
    expect(() => new A2Grad({ learningRate: 0.1 } as never)).toThrow(
      new TypeError('A2Grad: unknown option "learningRate"'),
    );
    const optimizer = new A2Grad();
    expect(optimizer.learningRate).toBeNaN();
    optimizer.dispose();
  });

  it.each([
    [{ lips: 0 }, 'lips must be in (0, ∞), got 0'],
    [{ lips: Infinity }, 'lips must be in (0, ∞), got Infinity'],
    [{ beta: -1 }, 'beta must be in [0, ∞), got -1'],
    [{ rho: 1 }, 'rho must be in [0, 1), got 1'],
    [{ variant: 'all' as 'uni' }, `variant must be one of 'uni', 'inc', 'exp', got "all"`],
    [{ scaling: 'none' as 'tensor' }, `scaling must be one of 'elementwise', 'tensor', got "none"`],
    [
      { weightDecayMode: 'decoupled' as 'coupled' },
      `weightDecayMode must be one of 'coupled', 'independent', got "decoupled"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new A2Grad(options)).toThrow(new RangeError(`A2Grad: ${message}`));
  });
});

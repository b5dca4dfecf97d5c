// SPDX-License-Identifier: Apache-2.0

import { MSVAG } from '@optim/msvag';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/MSVAG.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new MSVAG(options));

describe('MSVAG', () => {
  it('damps by the estimated variance from the second step on', async () => {
    // Gradients 1, 3; 1, −1; 1, −½; 0, 0. β = ½, t = 2: ρ = ¼·15/16/(9/16·¾) = 5/9.
    // m̂: 7/3, −1/3, 0, 0; v̂: 19/3, 1, ½, 0; S: 2, 2, 9/8, 0; f: 49/59, 1/11, 0, 0.
    const seen = await walk(
      new MSVAG({ learningRate: 0.1, beta: 0.5 }),
      [1, 1, 1, 1],
      [
        [1, 1, 1, 0],
        [3, -1, -0.5, 0],
      ],
    );
    const second = [0.9 - (0.1 * (49 / 59) * 7) / 3, 0.9 + 0.1 / 33, 0.9, 1];
    expectWalk(seen, [[0.9, 0.9, 0.9, 1], second]);
  });

  it('takes the first step whole, and hardly less of the next when gradients are all the same', async () => {
    const gradients = Array.from({ length: 10 }, () => [0.3, -0.007]);
    const seen = await walk(new MSVAG({ learningRate: 0.1 }), [1, 1], gradients);
    expectWalk(seen.slice(0, 1), [[0.97, 1.0007]]);
    expect(seen[9]![0]).toBeCloseTo(0.7, 5);
    expect(seen[9]![1]).toBeCloseTo(1.007, 5);
  });

  it('never steps against m, nor more than all of it, however rounding falls', async () => {
    // v̂ − m̂² is rounding alone.
    const gradients = Array.from({ length: 5 }, (_, t) =>
      Array.from({ length: 64 }, (_, i) => 0.1 + i + 1e-6 * t),
    );
    const start = Array.from({ length: 64 }, () => 0);
    const seen = await walk(new MSVAG({ learningRate: 1 }), start, gradients);
    for (const [i, end] of seen[4]!.entries()) {
      expect(end / (0.1 + i)).toBeLessThan(-4.9);
      expect(end / (0.1 + i)).toBeGreaterThan(-5.0001);
    }
  });

  it('is plain SGD with β = 0', async () => {
    const seen = await walk(new MSVAG({ learningRate: 0.1, beta: 0 }), [1], [[1], [3], [-1]]);
    expectWalk(seen, [[0.9], [0.6], [0.7]]);
  });

  it.each([
    [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new MSVAG(wrong)).toThrow(new RangeError(`MSVAG: ${message}`));
  });
});

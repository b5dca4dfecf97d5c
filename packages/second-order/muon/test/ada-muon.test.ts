// SPDX-License-Identifier: Apache-2.0

import { AdaMuon, type AdaMuonOptions } from '@optim/muon';
import { after, near, suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaMuon.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { made } from './make.js';

suite(golden, made(AdaMuon));

describe('AdaMuon', () => {
  const from = (options: AdaMuonOptions, gradients: readonly number[][]): Promise<number[]> =>
    after(new AdaMuon({ learningRate: 1, momentum: 0, nesterov: false, ...options }), [2, 4], gradients);

  // One step with the coefficients (1, 0, 0): O = u/‖u‖.
  const plain: AdaMuonOptions = { coefficients: [1, 0, 0], nsSteps: 1 };
  const g = [3, -1, 0, 2, 5, -0.1, 4, -7];

  it('moves every element by a fifth of the learning rate at first', async () => {
    const moved = await from({ ...plain, signFirst: false }, [g]);
    // A zero shares no length: √8/√7 of a fifth for the others.
    expect(moved).toEqual(near(g.map((x) => -0.2 * Math.sign(x) * Math.sqrt(8 / 7))));
  });

  it('corrects the bias where it keeps the length', async () => {
    const options: AdaMuonOptions = { ...plain, signFirst: false, beta2: 0.5 };
    // ‖u‖ = 5: O = (0.6, 0.8), then (0.8, −0.6); v/(1 − ¼) = (0.09 + 0.32, 0.16 + 0.18)/0.75
    const gradients = [
      [3, 4, 0, 0, 0, 0, 0, 0],
      [4, -3, 0, 0, 0, 0, 0, 0],
    ];
    const want = [-1 - 0.8 / Math.sqrt(0.41 / 0.75), -1 + 0.6 / Math.sqrt(0.34 / 0.75), 0, 0, 0, 0, 0, 0];
    expect(await from({ ...options, adjustLearningRate: 'none' }, gradients)).toEqual(near(want));
    expect(await from({ ...options, adjustLearningRate: 'rmsToRms' }, gradients)).toEqual(
      near(want.map((x) => x * Math.SQRT2)),
    );
  });

  it('sees only the signs of the momentum with signFirst', async () => {
    const signs = g.map(Math.sign);
    const [one, other] = [await from({}, [g]), await from({}, [signs])];
    expect(one).toEqual(other);
    // O is ±1/√7 in both steps, and v its square.
    const second = g.map((x) => 2 * x * x);
    const moved = await from({ ...plain, beta2: 0.5, adjustLearningRate: 'none' }, [g, second]);
    expect(moved).toEqual(near(g.map((x) => (x === 0 ? 0 : -Math.sign(x) - 1))));
  });

  it('leaves what has no gradient in it where it is, also without epsilon', async () => {
    expect(await from({ epsilon: 0 }, [[0, 0, 0, 0, 0, 0, 0, 0]])).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it.each([
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
    [{ normEpsilon: 0 }, 'normEpsilon must be in (0, ∞), got 0'],
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [
      { adjustLearningRate: 'original' },
      `adjustLearningRate must be one of 'matchRmsAdamW', 'rmsToRms', 'none', got "original"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaMuon(options as AdaMuonOptions)).toThrow(new RangeError(`AdaMuon: ${message}`));
  });
});

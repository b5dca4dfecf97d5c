// SPDX-License-Identifier: Apache-2.0

import { NorMuon, type NorMuonOptions } from '@optim/muon';
import { after, near, suite } from '@optim/testing';
import golden from '@optim/testing/golden/NorMuon.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { made } from './make.js';

suite(golden, made(NorMuon));

describe('NorMuon', () => {
  const from = (options: NorMuonOptions, gradients: readonly number[][]): Promise<number[]> =>
    after(new NorMuon({ learningRate: 1, momentum: 0, nesterov: false, ...options }), [2, 3], gradients);

  it('steps by hand: units get one length, and the whole that of the scale', async () => {
    // One step with the coefficients (1, 0, 0): O = g/‖g‖, ‖O‖ = 1.
    const options: NorMuonOptions = { coefficients: [1, 0, 0], nsSteps: 1 };
    // Units (3, 4), (0, 0), (0, 12): two that moved, of length 1/√2 each.
    const g = [3, 0, 0, 4, 0, 12];
    const unit = [-0.6, 0, 0, -0.8, 0, -1].map((x) => x / Math.SQRT2);
    expect(await from({ ...options, adjustLearningRate: 'none' }, [g])).toEqual(near(unit));
    expect(await from(options, [g])).toEqual(near(unit.map((x) => x * Math.sqrt(1.5))));
    expect(await from({ ...options, adjustLearningRate: 'matchRmsAdamW' }, [g])).toEqual(
      near(unit.map((x) => x * 0.2 * Math.sqrt(6))),
    );
  });

  it('remembers the size of each unit', async () => {
    const options: NorMuonOptions = {
      coefficients: [1, 0, 0],
      nsSteps: 1,
      beta2: 0.5,
      adjustLearningRate: 'none',
    };
    // O = (1, 0, 0; 0, 0, 0): v = (¼, 0, 0). Then O = (0.6, 0.8, 0; 0, 0, 0): v = (⅛ + 0.09, 0.16, 0).
    const H = [0.6 / Math.sqrt(0.215), 0.8 / 0.4];
    const n = Math.hypot(...H);
    const moved = await from(options, [
      [5, 0, 0, 0, 0, 0],
      [3, 4, 0, 0, 0, 0],
    ]);
    expect(moved).toEqual(near([-1 - H[0]! / n, -H[1]! / n, 0, 0, 0, 0]));
  });

  it('leaves what has no gradient in it where it is, also without epsilon', async () => {
    expect(await from({ epsilon: 0 }, [[0, 0, 0, 0, 0, 0]])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('keeps a number per output unit of a kernel', async () => {
    const k = tf.tidy(() => tf.variable(tf.ones([2, 2, 3, 4]), true, 'k'));
    const optimizer = new NorMuon();
    tf.tidy(() => optimizer.applyGradients({ k: tf.ones([2, 2, 3, 4]) }));
    const { slots } = (await optimizer.stateDict()).parameters[0]!;
    expect(Object.entries(slots).map(([name, { shape }]) => [name, shape])).toEqual([
      ['m', [2, 2, 3, 4]],
      ['v', [4]],
    ]);
    optimizer.dispose();
    k.dispose();
  });

  it.each([
    [{ beta2: 1 }, 'beta2 must be in [0, 1), got 1'],
    [{ normEpsilon: 0 }, 'normEpsilon must be in (0, ∞), got 0'],
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [
      { adjustLearningRate: 'rmsToRms' },
      `adjustLearningRate must be one of 'original', 'matchRmsAdamW', 'none', got "rmsToRms"`,
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new NorMuon(options as NorMuonOptions)).toThrow(new RangeError(`NorMuon: ${message}`));
  });

  it('names itself when a vector is taken for a matrix', () => {
    const b = tf.tidy(() => tf.variable(tf.ones([2]), true, 'b'));
    const optimizer = new NorMuon({ useMuon: () => true });
    tf.tidy(() => {
      expect(() => optimizer.applyGradients({ b: tf.ones([2]) })).toThrow(
        new RangeError('NorMuon: useMuon must be false for "b" of shape [2], got true'),
      );
    });
    optimizer.dispose();
    b.dispose();
  });
});

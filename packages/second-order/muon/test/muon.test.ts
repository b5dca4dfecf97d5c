// SPDX-License-Identifier: Apache-2.0

import { Muon, type MuonOptions } from '@optim/muon';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/Muon.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { made } from './make.js';

suite(golden, made(Muon));

describe('Muon', () => {
  /** The step of one matrix of ones and twos, in a new optimizer with rate 1. */
  async function stepOf(options: MuonOptions, rows: number, columns: number): Promise<tf.Tensor2D> {
    const p = tf.tidy(() => tf.variable(tf.zeros([rows, columns]), true, 'p'));
    const g = tf.tensor2d(
      Array.from({ length: rows * columns }, (_, i) => ((7 * i * i + 3 * i) % 11) / 5 - 1),
      [rows, columns],
    );
    const optimizer = new Muon({ learningRate: 1, adjustLearningRate: 'none', ...options });
    optimizer.applyGradients({ p: g });
    const step = tf.tidy(() => tf.neg(p) as tf.Tensor2D);
    optimizer.dispose();
    tf.dispose([p, g]);
    return step;
  }

  it.each([
    [5, 3],
    [3, 5],
    [4, 4],
  ])('makes a step of %d x %d orthogonal with the steps of Polar Express', async (rows, columns) => {
    const step = await stepOf({ coefficients: 'polarExpress', nsSteps: 8 }, rows, columns);
    const tall = rows > columns;
    const gram = tf.tidy(() => tf.matMul(step, step, tall, !tall));
    const got = await gram.data();
    const n = Math.min(rows, columns);
    // A random square matrix may be close to singular; these are not.
    got.forEach((value, i) => expect(value).toBeCloseTo(i % (n + 1) === 0 ? 1 : 0, 2));
    tf.dispose([step, gram]);
  });

  it('takes nsCoefficients for the coefficients of all steps', async () => {
    const [one, other] = [
      await stepOf({ nsCoefficients: [2, -1.5, 0.5], coefficients: 'quintic' }, 4, 3),
      await stepOf({ coefficients: [[2, -1.5, 0.5]] }, 4, 3),
    ];
    expect([...(await one.data())]).toEqual([...(await other.data())]);
    const third = await stepOf({ coefficients: 'quintic' }, 4, 3);
    expect([...(await third.data())]).not.toEqual([...(await one.data())]);
    tf.dispose([one, other, third]);
  });

  it('steps by the shape of the matrix', async () => {
    const ratio = async (adjustLearningRate: 'original' | 'matchRmsAdamW'): Promise<number> => {
      const [one, other] = [await stepOf({}, 2, 8), await stepOf({ adjustLearningRate }, 2, 8)];
      const [a, b] = [(await one.data())[3]!, (await other.data())[3]!];
      tf.dispose([one, other]);
      return b / a;
    };
    expect(await ratio('original')).toBeCloseTo(2, 5);
    expect(await ratio('matchRmsAdamW')).toBeCloseTo(0.2 * Math.sqrt(8), 5);
  });

  it('leaves what has no gradient in it where it is', async () => {
    const p = tf.tidy(() => tf.variable(tf.ones([3, 2]), true, 'p'));
    const optimizer = new Muon({ epsilon: 0 });
    tf.tidy(() => optimizer.applyGradients({ p: tf.zeros([3, 2]) }));
    expect([...(await p.data())]).toEqual([1, 1, 1, 1, 1, 1]);
    optimizer.dispose();
    p.dispose();
  });

  it.each([
    [{ nsSteps: 0 }, RangeError, 'nsSteps must be an integer in [1, 100], got 0'],
    [
      { coefficients: 'muon' },
      TypeError,
      'coefficients must be three numbers, a list of such, or a name of them, got "muon"',
    ],
    [
      { nsCoefficients: [1, 2] },
      TypeError,
      'nsCoefficients must be three finite numbers, or null, got [1, 2]',
    ],
    [
      { nsCoefficients: [1, 2, Infinity] },
      TypeError,
      'nsCoefficients must be three finite numbers, or null, got [1, 2, Infinity]',
    ],
    [{ learningRate: 0 }, RangeError, 'learningRate must be in (0, ∞), got 0'],
    [{ adamwLearningRate: 0 }, RangeError, 'adamwLearningRate must be in (0, ∞), got 0'],
    [
      { adjustLearningRate: 'rms' },
      RangeError,
      `adjustLearningRate must be one of 'original', 'matchRmsAdamW', 'none', got "rms"`,
    ],
    [{ momentum: 1 }, RangeError, 'momentum must be in [0, 1), got 1'],
  ])('refuses %o', (options, type, message) => {
    expect(() => new Muon(options as MuonOptions)).toThrow(new type(`Muon: ${message}`));
  });

  it('refuses to take a vector for a matrix, and nothing has changed', async () => {
    const b = tf.tidy(() => tf.variable(tf.ones([2]), true, 'b'));
    const optimizer = new Muon({ useMuon: () => true });
    tf.tidy(() => {
      expect(() => optimizer.applyGradients({ b: tf.ones([2]) })).toThrow(
        new RangeError('Muon: useMuon must be false for "b" of shape [2], got true'),
      );
    });
    expect([...(await b.data())]).toEqual([1, 1]);
    optimizer.dispose();
    b.dispose();
  });
});

// SPDX-License-Identifier: Apache-2.0

import { AdaHessian, type AdaHessianOptions } from '@optim/adahessian';
import { goldenDiagonals, suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaHessian.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AdaHessian(options), {
  apply(optimizer, gradients, { hessianOffset }, t) {
    const diagonals = goldenDiagonals(t, hessianOffset as number | undefined);
    optimizer.applyGradients(gradients, undefined, diagonals);
    tf.dispose(diagonals);
  },
});

describe('AdaHessian', () => {
  const variable = (name: string, values: number[]): tf.Variable =>
    tf.tidy(() => tf.variable(tf.tensor1d(values), true, name));

  it('makes a first step of Newton along every axis of a bowl', async () => {
    const p = variable('p', [3, -4]);
    const optimizer = new AdaHessian({ learningRate: 1, epsilon: 0 });
    // f = p₀² + 5·p₁²: one probe of ±1 finds a diagonal exactly.
    optimizer.minimize(() => tf.sum(tf.mul(tf.square(p), tf.tensor1d([1, 5]))) as tf.Scalar, false, [p]);
    const [x, y] = await p.data();
    expect(x).toBeCloseTo(0, 5);
    expect(y).toBeCloseTo(0, 5);
    optimizer.dispose();
    p.dispose();
  });

  it('evaluates the loss once a step, and estimates in each updatePeriod-th', async () => {
    const p = variable('p', [1]);
    const optimizer = new AdaHessian({ learningRate: 0.1, updatePeriod: 3, beta2: 0 });
    let evaluations = 0;
    const D: number[] = [];
    for (let step = 1; step <= 4; step++) {
      optimizer.minimize(
        () => {
          evaluations++;
          return tf.mul(tf.sum(tf.square(p)), step) as tf.Scalar;
        },
        false,
        [p],
      );
      const { parameters } = await optimizer.stateDict();
      D.push(parameters[0]!.slots['D']!.data[0]!);
    }
    expect(D).toEqual([2, 2, 2, 8]);
    expect(evaluations).toBe(4);
    optimizer.dispose();
    p.dispose();
  });

  it('lets a variable that joins between two estimates wait for the next', async () => {
    const [p, q] = [variable('p', [1]), variable('q', [1])];
    const optimizer = new AdaHessian({ learningRate: 0.1, updatePeriod: 3 });
    const loss = (): tf.Scalar => tf.add(tf.sum(tf.square(p)), tf.sum(tf.square(q))) as tf.Scalar;
    optimizer.minimize(loss, false, [p]);
    const seen: number[] = [];
    for (let step = 2; step <= 4; step++) {
      optimizer.minimize(loss, false, [p, q]);
      seen.push((await q.data())[0]!);
    }
    expect(seen.slice(0, 2)).toEqual([1, 1]);
    expect(seen[2]).toBeLessThan(1);
    expect(seen[2]).toBeGreaterThan(0.5);
    optimizer.dispose();
    tf.dispose([p, q]);
  });

  it('refuses a gradient alone, and diagonals of other shapes; nothing has changed', async () => {
    const p = variable('p', [1, 2]);
    const optimizer = new AdaHessian();
    tf.tidy(() => {
      const gradients = { p: tf.ones([2]) };
      expect(() => optimizer.applyGradients(gradients)).toThrow(
        new TypeError(
          `AdaHessian: this step needs the Hessian's diagonal for "p"; call minimize, or applyGradients(gradients, loss, diagonal)`,
        ),
      );
      expect(() => optimizer.applyGradients(gradients, undefined, { p: tf.ones([3]) })).toThrow(
        new RangeError('AdaHessian: diagonal of "p" must have shape [2], got [3]'),
      );
    });
    expect([...(await p.data())]).toEqual([1, 2]);
    expect(optimizer.iterations).toBe(0);
    optimizer.dispose();
    p.dispose();
  });

  it('refuses a block that does not divide a tensor', () => {
    const p = variable('p', [1, 2, 3]);
    const optimizer = new AdaHessian({ spatialAverageBlockSize: [2, 0, 0, 0] });
    expect(() => optimizer.minimize(() => tf.sum(tf.square(p)) as tf.Scalar, false, [p])).toThrow(
      new RangeError(
        'AdaHessian: spatialAverageBlockSize must be made of divisors: "p" has 3 elements, got 2',
      ),
    );
    optimizer.dispose();
    p.dispose();
  });

  it.each([
    [{ learningRate: 0 }, 'learningRate must be in (0, ∞), got 0'],
    [{ hessianPower: 1.5 }, 'hessianPower must be in [0, 1], got 1.5'],
    [{ updatePeriod: 0 }, 'updatePeriod must be an integer in [1, ∞), got 0'],
    [{ numSamples: 1.5 }, 'numSamples must be an integer in [1, 1000], got 1.5'],
    [
      { hessianDistribution: 'uniform' },
      `hessianDistribution must be one of 'rademacher', 'gaussian', got "uniform"`,
    ],
    [
      { spatialAverageBlockSize: [0, 0, -1] },
      'spatialAverageBlockSize must be four integers, got [0, 0, -1]',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => new AdaHessian(options as AdaHessianOptions)).toThrow(
      new RangeError(`AdaHessian: ${message}`),
    );
  });
});

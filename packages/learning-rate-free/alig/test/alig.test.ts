// SPDX-License-Identifier: Apache-2.0

import { AliG } from '@optim/alig';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AliG.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new AliG(options));

describe('projection', () => {
  const pair = (): [tf.Variable, tf.Variable] => [
    tf.tidy(() => tf.variable(tf.tensor1d([3]))),
    tf.tidy(() => tf.variable(tf.tensor1d([4]))),
  ];

  it('comes before the first gradient, and after every step', async () => {
    const [x, y] = pair();
    const optimizer = new AliG({ maxNorm: 2.5 });
    // At (1.5, 2) the loss x² + y² is 6.25, its gradient (3, 4), and γ = 6.25/(25 + 1e-5).
    const cost = optimizer.minimize(
      () => tf.tidy(() => tf.add(tf.sum(tf.square(x)), tf.sum(tf.square(y))) as tf.Scalar),
      true,
      [x, y],
    );
    expect((await cost!.data())[0]).toBeCloseTo(6.25, 5);
    expect((await optimizer.readGlobals())['gamma']).toBeCloseTo(0.25, 5);
    expect((await x.data())[0]).toBeCloseTo(0.75, 5);
    expect((await y.data())[0]).toBeCloseTo(1, 5);
    tf.dispose([x, y, cost!]);
    optimizer.dispose();
  });

  it('may be any function of the variables, but not beside maxNorm', async () => {
    const [x, y] = pair();
    const projection = (variables: readonly tf.Variable[]): void => {
      for (const p of variables) tf.tidy(() => p.assign(tf.maximum(p, 3.5)));
    };
    expect(() => new AliG({ maxNorm: 1, projection })).toThrow(
      new RangeError('AliG: projection must be null when maxNorm is given, got function projection'),
    );
    const optimizer = new AliG({ projection, maxLearningRate: 0.1 });
    const gradients = { [x.name]: tf.tensor1d([1]), [y.name]: tf.tensor1d([1]) };
    const loss = tf.scalar(100);
    optimizer.applyGradients(gradients, loss);
    expect((await x.data())[0]).toBeCloseTo(3.5, 6);
    expect((await y.data())[0]).toBeCloseTo(3.9, 6);
    tf.dispose([x, y, loss]);
    tf.dispose(gradients);
    optimizer.dispose();
  });

  it('steps by lengths whose squares float32 does not hold', async () => {
    const p = tf.tidy(() => tf.variable(tf.tensor1d([3e20, 4e20])));
    const optimizer = new AliG({ maxNorm: 1e20 });
    const loss = (): tf.Scalar => tf.sum(tf.mul(p, [6e-21, 8e-21])) as tf.Scalar;
    // Into the ball first: (0.6, 0.8)·1e20.
    const cost = optimizer.minimize(loss, true, [p])!;
    expect((await cost.data())[0]).toBeCloseTo(1, 5);
    optimizer.dispose();
    // γ = 1e20/‖g‖² = 1e-20.
    tf.tidy(() => p.assign(tf.tensor1d([1, 2])));
    const other = new AliG();
    const gradients = { [p.name]: tf.tensor1d([6e19, 8e19]) };
    const value = tf.scalar(1e20);
    other.applyGradients(gradients, value);
    const [x, y] = await p.data();
    expect(x).toBeCloseTo(1 - 0.6, 6);
    expect(y).toBeCloseTo(2 - 0.8, 6);
    tf.dispose([p, cost, value]);
    tf.dispose(gradients);
    other.dispose();
  });

  it('has no learning rate', () => {
    const optimizer = new AliG();
    expect(optimizer.learningRate).toBeNaN();
    expect(() => (optimizer.learningRate = 0.1)).toThrow(new TypeError('AliG: has no learningRate to set'));
    expect(() => new AliG({ learningRate: 0.1 } as never)).toThrow('AliG: unknown option "learningRate"');
  });
});

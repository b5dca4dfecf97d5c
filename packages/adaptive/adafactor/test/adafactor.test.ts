// SPDX-License-Identifier: Apache-2.0

import { AdaFactor } from '@optim/adafactor';
import { suite } from '@optim/testing';
import golden from '@optim/testing/golden/AdaFactor.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

suite(golden, (options) => new AdaFactor(options));

it('takes a schedule that ends at 0, but not 0 itself', async () => {
  expect(() => new AdaFactor({ learningRate: 0 })).toThrow(
    new RangeError('AdaFactor: learningRate must be in (0, ∞), or null, got 0'),
  );
  const optimizer = new AdaFactor({ learningRate: (step) => (step === 0 ? 0.5 : 0), scaleParameter: false });
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3])));
  const gradients = { [x.name]: tf.tensor1d([2]) };
  const seen: number[] = [];
  for (let i = 0; i < 2; i++) {
    optimizer.applyGradients(gradients);
    seen.push((await x.data())[0]!);
  }
  // The first step is learningRate·sign(g), the second none.
  expect(seen).toEqual([2.5, 2.5]);
  tf.dispose([x, gradients]);
  optimizer.dispose();
});

it('tells the relative step as its learning rate, and takes another', () => {
  const optimizer = new AdaFactor();
  expect(optimizer.learningRate).toBe(0.01);
  optimizer.learningRate = 0.25;
  expect(optimizer.learningRate).toBe(0.25);
  expect(() => new AdaFactor({ learningRate: 0.1, relativeStep: true })).toThrow(
    new RangeError('AdaFactor: relativeStep must be false or null when learningRate is given, got true'),
  );
  expect(() => new AdaFactor({ relativeStep: false })).toThrow(
    new RangeError('AdaFactor: relativeStep must be true or null when learningRate is null, got false'),
  );
});

it('refuses a factor on the rate of a group that has none, and takes it with one', () => {
  const of = (group: object): AdaFactor =>
    new AdaFactor({ parameterGroups: [{ match: /kernel/, learningRateScale: 0.5, ...group }] });
  expect(() => of({})).toThrow(
    new RangeError('AdaFactor: learningRateScale must be 1 when learningRate is null, got 0.5'),
  );
  const optimizer = of({ learningRate: 0.1 });
  const kernel = tf.tidy(() => tf.variable(tf.zeros([2]), true, 'kernel'));
  expect(optimizer.learningRateOf(kernel)).toBe(0.05);
  expect(optimizer.learningRate).toBe(0.01);
  kernel.dispose();
  optimizer.dispose();
});

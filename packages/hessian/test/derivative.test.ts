// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { derivative, hessianVectorProduct } from '../src/index.js';
import { filled } from './float64.js';

beforeEach(() => tf.engine().startScope());
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

async function expectNear(got: tf.Tensor, want: readonly number[], within: number): Promise<void> {
  const data = await got.data();
  expect(data.length).toBe(want.length);
  want.forEach((value, i) => expect(Math.abs(data[i]! - value), `element ${i}`).toBeLessThan(within));
}

describe('derivative', () => {
  it('gives the derivatives of tanh up to the third', async () => {
    const points = [-1.1, 0.2, 0.9];
    const x = tf.tensor1d(points);
    const t = points.map(Math.tanh);
    const first = derivative(tf.tanh);
    const second = derivative(first);
    await expectNear(
      first(x),
      t.map((y) => 1 - y * y),
      1e-5,
    );
    await expectNear(
      second(x),
      t.map((y) => -2 * y * (1 - y * y)),
      1e-5,
    );
    await expectNear(
      derivative(second)(x),
      t.map((y) => (1 - y * y) * (6 * y * y - 2)),
      1e-4,
    );
  });

  it('takes the argument it is told', async () => {
    const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.mul(tf.square(x), tf.exp(y));
    const [x, y] = [tf.tensor1d([2, 3]), tf.tensor1d([0, 1])];
    await expectNear(derivative(f)(x, y), [4, 6 * Math.E], 1e-4);
    await expectNear(derivative(f, 1)(x, y), [4, 9 * Math.E], 1e-4);
    await expectNear(derivative(derivative(f, 1), 0)(x, y), [4, 6 * Math.E], 1e-4);
    expect(() => derivative(f, 2)(x, y)).toThrow("argument must be one of the function's 2, from 0, got 2");
  });

  it('is zero where the function does not depend on the argument', async () => {
    await expectNear(derivative(derivative((x) => tf.mul(x, 3)))(tf.tensor1d([1, 2])), [0, 0], 1e-9);
    await expectNear(derivative(() => tf.scalar(2))(tf.tensor1d([1, 2])), [0, 0], 1e-9);
  });

  it('takes what the function has of x by another way for a constant', async () => {
    const x = tf.tensor1d([1, 2]);
    // d/dx x·(d/dz z·x at z = x) = 2x, where a tape that takes z for x has d/dz z·x = 2x.
    const f = (y: tf.Tensor): tf.Tensor => tf.mul(y, derivative((z) => tf.mul(z, y))(y));
    await expectNear(derivative(f)(x), [2, 4], 1e-6);
  });

  it('leaks nothing, whether it succeeds or throws', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    derivative(derivative(tf.tanh))(x).dispose();
    expect(() => derivative((y) => tf.cumprod(tf.tanh(y)))(x)).toThrow('Cumprod cannot be differentiated');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a physics-informed network, u″ = −u', () => {
  const hidden = 8;
  const points = Array.from({ length: 16 }, (_, i) => (i / 15) * Math.PI);

  function network(): { variables: tf.Variable[]; u: (x: tf.Tensor) => tf.Tensor } {
    const make = (shape: number[], seed: number, scale: number): tf.Variable =>
      tf.tidy(() => tf.variable(tf.mul(filled(shape, seed), scale)));
    const variables = [
      make([1, hidden], 1, 1),
      make([hidden], 2, 1),
      make([hidden, 1], 3, 0.5),
      make([1], 4, 0),
    ];
    const [a, b, c, d] = variables as [tf.Variable, tf.Variable, tf.Variable, tf.Variable];
    const u = (x: tf.Tensor): tf.Tensor =>
      tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(x, a as tf.Tensor), b)), c as tf.Tensor), d);
    return { variables, u };
  }

  /** Of u″ = −u, u(0) = 0, u(π/2) = 1: sin. */
  function lossOf(u: (x: tf.Tensor) => tf.Tensor): () => tf.Scalar {
    const second = derivative(derivative(u));
    return () => {
      const x = tf.tensor2d(points, [16, 1]);
      const ends = tf.sub(u(tf.tensor2d([[0], [Math.PI / 2]])), tf.tensor2d([[0], [1]]));
      return tf.add(tf.mean(tf.square(tf.add(second(x), u(x)))), tf.mean(tf.square(ends)));
    };
  }

  it('has the gradient by its weights that difference quotients give', async () => {
    const { variables, u } = network();
    const loss = lossOf(u);
    const { grads } = tf.variableGrads(loss, variables);
    // In float32, a step of 1e-2 is good to about 1e-4·f‴, and 1e-7/1e-2 by rounding.
    for (const variable of variables) {
      const grad = await grads[variable.name]!.data();
      const before = tf.clone(variable);
      const at = async (sign: number): Promise<number> => {
        const unit = tf.tensor(
          Array.from({ length: variable.size }, (_, i) => Number(i === 0)),
          variable.shape,
        );
        variable.assign(tf.add(before, tf.mul(unit, sign * 1e-2)));
        return (await loss().data())[0]!;
      };
      const quotient = ((await at(1)) - (await at(-1))) / 2e-2;
      variable.assign(before);
      expect(Math.abs(grad[0]! - quotient)).toBeLessThan(2e-3 * Math.max(1, Math.abs(quotient)));
    }
  });

  it('is differentiated once more by hessianVectorProduct', async () => {
    const { variables, u } = network();
    const loss = lossOf(u);
    const v = Object.fromEntries(variables.map(({ name, shape }, i) => [name, filled(shape, 20 + i)]));
    const exact = hessianVectorProduct(loss, variables, v).products;
    const quotients = hessianVectorProduct(loss, variables, v, { method: 'differences' }).products;
    const all = await Promise.all(
      variables.map(({ name }) => Promise.all([exact[name]!.data(), quotients[name]!.data()])),
    );
    const scale = Math.max(...all.flatMap(([a]) => [...a]).map(Math.abs));
    for (const [a, b] of all)
      a.forEach((value, i) => expect(Math.abs(value - b[i]!) / scale).toBeLessThan(2e-2));
  });

  it('is trained by an optimizer of TensorFlow.js', async () => {
    const { variables, u } = network();
    const loss = lossOf(u);
    const optimizer = tf.train.adam(0.03);
    const steps = inject('backend').startsWith('web') ? 5 : 600;
    const first = (await loss().data())[0]!;
    optimizer.minimize(loss, false, variables);
    const before = tf.memory().numTensors;
    for (let i = 1; i < steps; i++) optimizer.minimize(loss, false, variables);
    expect(tf.memory().numTensors).toBe(before);
    const last = (await loss().data())[0]!;
    // Software rendering is slow: there, a few steps downhill.
    expect(last).toBeLessThan(steps > 5 ? 2e-3 : 0.9 * first);
    if (steps > 5) await expectNear(u(tf.tensor2d([[1], [2]])), [Math.sin(1), Math.sin(2)], 0.05);
    optimizer.dispose();
  });
});

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { hessianVectorProduct, hutchinsonDiagonal, type ByName } from '../src/index.js';
import { filled } from './float64.js';

let w: tf.Variable;

beforeEach(() => {
  tf.engine().startScope();
  w = tf.variable(filled([3, 2], 1), true, 'w');
});
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

const method = 'differences' as const;

function loss(): tf.Scalar {
  return tf.sum(tf.square(tf.tanh(tf.matMul(filled([4, 3], 3) as tf.Tensor2D, w as tf.Tensor))));
}

async function off(got: ByName, want: ByName): Promise<number> {
  const [a, b] = [await got['w']!.data(), await want['w']!.data()];
  return Math.max(...[...a].map((value, i) => Math.abs(value - b[i]!))) / Math.max(...[...b].map(Math.abs));
}

describe('difference quotients', () => {
  it('come within 1e-2 of the exact product, and put the variables back bit for bit', async () => {
    const v = { w: filled([3, 2], 5) };
    const before = [...(await w.data())];
    const exact = hessianVectorProduct(loss, [w], v);
    const quotients = hessianVectorProduct(loss, [w], v, { method });
    expect(await off(quotients.products, exact.products)).toBeLessThan(1e-2);
    expect(await off(quotients.grads, exact.grads)).toBeLessThan(1e-6);
    expect(await quotients.value.data()).toEqual(await exact.value.data());
    expect([...(await w.data())]).toEqual(before);
    const nothing = hessianVectorProduct(loss, [w], { w: tf.zeros([3, 2]) }, { method }).products;
    expect([...(await nothing['w']!.data())]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('do not ask for second derivatives', async () => {
    // Cumprod has not even one; the gradient is given.
    const cubes = tf.customGrad((x, save) => {
      (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
      const value = tf.mul(tf.square(x as tf.Tensor), x as tf.Tensor);
      const rows = (t: tf.Tensor): tf.Tensor => tf.slice(tf.cumprod(tf.stack([t, t])), 1, 1);
      return { value, gradFunc: (dy, [x]) => tf.mul(dy, tf.mul(tf.reshape(rows(x!), x!.shape), 3)) };
    });
    const f = (): tf.Scalar => tf.sum(cubes(w));
    const v = { w: tf.ones([3, 2]) };
    expect(() => hessianVectorProduct(f, [w], v)).toThrow('Cumprod cannot be differentiated');
    const { products } = hessianVectorProduct(f, [w], v, { method });
    expect(await off(products, { w: tf.mul(w, 6) })).toBeLessThan(1e-2);
  });

  it('see one dropout mask, and statistics that move once', async () => {
    const count = tf.variable(tf.scalar(0), false);
    const f = (): tf.Scalar => {
      count.assign(tf.add(count, 1));
      return tf.sum(tf.square(tf.tanh(tf.dropout(tf.mul(w, 2), 0.5))));
    };
    const { products, grads } = hessianVectorProduct(f, [w], { w: tf.ones([3, 2]) }, { method });
    expect([...(await count.data())]).toEqual([1]);
    const [g, h] = [await grads['w']!.data(), await products['w']!.data()];
    // Dropped in the gradient, dropped in the product, and nowhere a huge quotient of two masks.
    g.forEach((value, i) => expect(value === 0).toBe(h[i] === 0));
    expect(Math.max(...[...h].map(Math.abs))).toBeLessThan(100);
  });

  it('refuse a loss that is another one the second time, or say NaN where nothing can be read', async () => {
    let calls = 0;
    const drifting = (): tf.Scalar => tf.add(loss(), 1e-2 * calls++);
    const run = (): ByName =>
      hessianVectorProduct(drifting, [w], { w: tf.ones([3, 2]) }, { method }).products;
    if (inject('backend') === 'webgpu') expect((await run()['w']!.data()).every(Number.isNaN)).toBe(true);
    else expect(run).toThrow('difference quotients need a loss that is the same when it is evaluated again');
  });

  it('leave what the loss keeps again to the caller, and leak nothing', () => {
    const v = { w: tf.ones([3, 2]) };
    const kept: tf.Tensor[] = [];
    const f = (): tf.Scalar => {
      const value = tf.keep(loss());
      kept.push(value);
      return value;
    };
    const left: tf.Tensor[] = [];
    const before = tf.memory().numTensors;
    const first = hessianVectorProduct(f, [w], v, { method, left });
    // Evaluated four times, the first one for good.
    expect(left.length).toBe(3);
    expect(tf.memory().numTensors).toBe(before + 3 + 4);
    tf.dispose([left, first.value, first.grads, first.products]);
    const second = hessianVectorProduct(f, [w], v, { method });
    expect(tf.memory().numTensors).toBe(before + 1 + 4);
    tf.dispose([second.value, second.grads, second.products]);
    const throws = (): never => {
      throw new Error('on purpose');
    };
    expect(() => hessianVectorProduct(throws, [w], v, { method })).toThrow('on purpose');
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(kept);
  });

  it('make Hutchinson diagonals', async () => {
    const exact = hutchinsonDiagonal(loss, [w], { seed: 1, probes: 2 });
    const quotients = hutchinsonDiagonal(loss, [w], { seed: 1, probes: 2, method });
    expect(await off(quotients.diagonal, exact.diagonal)).toBeLessThan(2e-2);
  });
});

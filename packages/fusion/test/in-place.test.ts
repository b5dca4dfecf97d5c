// SPDX-License-Identifier: Apache-2.0
// What an update in place may not change.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { disown, executorFor, kernelFor, own, trace, type Kernel, type Rule } from '../src/index.js';

const backend = inject('backend');

/** The gradient is read once more after x was written, for what is reduced, as that of SM3 is. */
const late: Rule = ({ x, g }) => ({ x: x!.sub(g!.mul(0.5)), row: g!.square().max([0]) });

function compile(length: number): Kernel {
  return kernelFor(trace('Late', { x: [2, length], g: [2, length] }, [], late));
}

describe.each([3, 40_000])('an input that is another one as well, of 2 x %i elements', (length) => {
  it('is read before it is written', async () => {
    const kernel = compile(length);
    const start = Array.from({ length: 2 * length }, (_, i) => Math.fround(Math.sin(i)));
    const make = (): tf.Variable => tf.tidy(() => tf.variable(tf.tensor2d(start, [2, length]), false));
    const run = async (x: tf.Variable, g: tf.Tensor): Promise<number[][]> => {
      own(x);
      const results = kernel.run([x, g], []);
      const values = await Promise.all(results.map(async (result) => [...(await result.data())]));
      tf.dispose([x, ...results]);
      return values;
    };
    const copy = tf.tensor2d(start, [2, length]);
    const expected = await run(make(), copy);
    const x = make();
    expect(await run(x, x)).toEqual(expected);
    copy.dispose();
  });
});

describe('values that were read', () => {
  const program = trace('Read', { x: [2, 2] }, [], ({ x }) => ({ x: x!.mul(2) }));

  it.each([true, false])('stay, of a variable with trainable = %s', async (trainable) => {
    const x = tf.tidy(() => tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]), trainable));
    const read = await x.data();
    const [result] = kernelFor(program).run([x], []);
    expect([...read]).toEqual([1, 2, 3, 4]);
    expect([...(await result!.data())]).toEqual([2, 4, 6, 8]);
    tf.dispose([x, result!]);
  });

  it('stay once a tensor is owned no more', async () => {
    const x = tf.tidy(() => tf.variable(tf.ones([2, 2]), false));
    own(x);
    const array = await x.data();
    const [first] = kernelFor(program).run([x], []);
    // The array itself where that is what the backend has.
    if (executorFor(backend).name === 'cpu') expect([...array]).toEqual([2, 2, 2, 2]);
    disown(x);
    const read = (await first!.data()).slice();
    const held = await first!.data();
    const [second] = kernelFor(program).run([first!], []);
    expect([...held]).toEqual([...read]);
    expect([...(await second!.data())]).toEqual([4, 4, 4, 4]);
    tf.dispose([x, first!, second!]);
  });
});

describe('matrices the backend has packed', () => {
  it.each([true, false])('are packed anew, of a variable with trainable = %s', async (trainable) => {
    const program = trace('Packed', { x: [2, 2] }, [], ({ x }) => ({ x: x!.mul(2) }));
    const x = tf.tidy(() => tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]), trainable));
    const unit = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    own(x);
    const product = async (of: tf.Tensor): Promise<number[]> => {
      const made = tf.matMul(unit, of as tf.Tensor2D);
      const values = [...(await made.data())];
      made.dispose();
      return values;
    };
    expect(await product(x)).toEqual([1, 2, 3, 4]);
    const [result] = kernelFor(program).run([x], []);
    expect(await product(result!)).toEqual([2, 4, 6, 8]);
    tf.dispose([x, unit, result!]);
  });
});

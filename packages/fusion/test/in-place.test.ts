// SPDX-License-Identifier: Apache-2.0
// What an update in place may not change.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { kernelFor, own, trace, type Kernel, type Rule } from '../src/index.js';

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

  it('stay of an owned tensor until a kernel has made its array, which is then used again', async () => {
    const x = tf.tidy(() => tf.variable(tf.ones([2, 2]), false));
    own(x);
    const before = await x.data();
    const kernel = kernelFor(program);
    const [result] = kernel.run([x], []);
    expect(result === x || kernel.executor !== 'cpu').toBe(true);
    expect([...before]).toEqual([1, 1, 1, 1]);
    if (kernel.executor === 'cpu') {
      const array = await x.data();
      kernel.run([x], []);
      expect([...array]).toEqual([4, 4, 4, 4]);
    }
    tf.dispose([x, result!]);
  });

  it('stay of an output that is the same as an owned one', async () => {
    const kernel = kernelFor(
      trace('Same', { x: [2, 2], slot: [2, 2] }, [], ({ x, slot }) => {
        const next = slot!.add(x!);
        return { slot: next, copy: next };
      }),
    );
    const x = tf.ones([2, 2]);
    const slot = tf.tidy(() => tf.variable(tf.zeros([2, 2]), false));
    own(slot);
    const made: tf.Tensor[] = [];
    const step = (): tf.Tensor => {
      const [result, copy] = kernel.run([x, slot], []);
      if (result !== slot) slot.assign(result!);
      made.push(copy!, ...(result === slot ? [] : [result!]));
      return copy!;
    };
    step();
    const read = await step().data();
    step();
    expect([...read]).toEqual([2, 2, 2, 2]);
    tf.dispose([x, slot, ...made]);
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

// SPDX-License-Identifier: Apache-2.0
// Norms whose squares float32 does not hold, and the sums they are made of, on every executor.

import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, it } from 'vitest';
import { kernelFor, loadExecutors, squareSums, trace, type Rule } from '../src/index.js';

const backend = inject('backend');

/** What a rule makes of one tensor, by name. */
async function made(x: tf.Tensor, rule: Rule): Promise<Record<string, number[]>> {
  await loadExecutors();
  const program = trace('Test', { x: x.shape }, [], rule);
  const results = kernelFor(program).run([x], []);
  const values = await Promise.all(results.map(async (result) => [...(await result.data())]));
  tf.dispose([x, ...results]);
  return Object.fromEntries(program.outputs.map(({ name }, i) => [name, values[i]!]));
}

const long = 5000; // more than a block

it.each([
  ['everything', [3, 4], undefined, [5]],
  ['more than a block', [long], undefined, [5]],
  ['rows', [2, 3], [1], [5, 0]],
  ['columns', [2, 3], [0], [3, 4, 0]],
] as const)('a norm of 1e30 times 3 and 4 over %s', async (_, shape, axes, expected) => {
  const x = tf.buffer([...shape], 'float32');
  x.values.set([3e30, 4e30]);
  const { n } = await made(x.toTensor(), ({ x: given }) => ({ n: given!.norm(axes) }));
  n!.forEach((value, i) => expect(value / 1e30).toBeCloseTo(expected[i]!, 5));
});

it('NaN among small numbers and Infinity are seen', async () => {
  const norms: Rule = ({ x }) => ({ n: x!.norm() });
  expect(await made(tf.tensor1d([1, NaN]), norms)).toEqual({ n: [NaN] });
  expect(await made(tf.tensor1d([1, -Infinity]), norms)).toEqual({ n: [Infinity] });
});

it('some rows may be small and others not', async () => {
  const x = tf.tensor2d([
    [3, 4],
    [3e25, -4e25],
    [1e-3, 0],
  ]);
  const { n } = await made(x, ({ x: given }) => ({ n: given!.norm([1]) }));
  expect(n![0]).toBeCloseTo(5, 5);
  expect(n![1]! / 1e25).toBeCloseTo(5, 5);
  expect(n![2]).toBeCloseTo(1e-3, 9);
});

it('sums of shrunk squares are left out where that saves time, as 0, up to squares of 2⁶⁴', async () => {
  const sums: Rule = ({ x }) => ({ ...squareSums(x!) });
  const small = backend === 'cpu' || backend === 'wasm' ? 0 : 2 ** -96;
  for (const size of [1, long]) {
    const of = (first: number): tf.Tensor => tf.tensor1d([first, ...Array.from({ length: size }, () => 0)]);
    expect(await made(of(2 ** 32), sums)).toEqual({ squares: [2 ** 64], shrunkSquares: [small] });
    expect(await made(of(2 ** 33), sums)).toEqual({ squares: [2 ** 66], shrunkSquares: [2 ** -94] });
  }
});

// SPDX-License-Identifier: Apache-2.0
// Decompositions of tensors, on every backend: the host's numbers in float32.

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  cholesky,
  eigh,
  hostCholesky,
  hostEigh,
  hostInverseRoot,
  hostQR,
  hostTriangularSolve,
  inverseRoot,
  qr,
  triangularSolve,
  type Matrix,
} from '../src/index.js';
import { diagonal, difference, filled, product, random, transposed } from './matrices.js';
import { read, rounded, tensor } from './tensors.js';

const readsAtOnce = tf.getBackend() !== 'webgpu';

const next = random(7);
const any = (rows: number, columns: number): Matrix => rounded(filled(rows, columns, next));
const batch = [any(6, 4), any(6, 4), any(6, 4)];
const grams = batch.map((a) => rounded(product(transposed(a), a)));
const lowers = batch.map(() => rounded(filled(4, 4, (i, j) => (i === j ? 2 : i > j ? next() : 0))));
const vector = (values: Float64Array): Matrix => ({ rows: 1, columns: values.length, data: values });

/** Name, inputs, options, and what the host makes of the matrices of each batch. */
const cases: [string, (sync: boolean) => tf.Tensor[] | Promise<tf.Tensor[]>, Matrix[][]][] = [
  [
    'eigh',
    (sync) => call(eigh, sync, [grams]),
    [grams.map((a) => vector(hostEigh(a).values)), grams.map((a) => hostEigh(a).vectors)],
  ],
  ['qr', (sync) => call(qr, sync, [batch]), [batch.map((a) => hostQR(a).q), batch.map((a) => hostQR(a).r)]],
  [
    'qr, complete',
    (sync) => call(qr, sync, [batch], { complete: true }),
    [batch.map((a) => hostQR(a, { complete: true }).q), batch.map((a) => hostQR(a, { complete: true }).r)],
  ],
  ['cholesky', (sync) => call(cholesky, sync, [grams]), [grams.map((a) => hostCholesky(a))]],
  [
    'triangularSolve',
    (sync) => call(triangularSolve, sync, [lowers, grams], { transposed: true }),
    [lowers.map((t, i) => hostTriangularSolve(t, grams[i]!, { transposed: true }))],
  ],
  [
    'inverseRoot',
    (sync) => call(inverseRoot, sync, [grams], { power: 4, relativeRidge: 1e-3 }),
    [grams.map((a) => hostInverseRoot(a, { power: 4, relativeRidge: 1e-3 }))],
  ],
];

interface Callable {
  (inputs: tf.Tensor[], options?: never): tf.Tensor[];
  async(inputs: tf.Tensor[], options?: never): Promise<tf.Tensor[]>;
  shapes(inputs: number[][], options?: never): number[][];
}

async function call(
  f: unknown,
  sync: boolean,
  inputs: Matrix[][],
  options: object = {},
): Promise<tf.Tensor[]> {
  const run = f as Callable;
  // What is read is on the device, where there is one.
  const tensors = inputs.map((matrices) => {
    const raw = tensor(...matrices);
    const onDevice = tf.mul(raw, 1);
    raw.dispose();
    return onDevice;
  });
  const pending = sync ? run(tensors, options as never) : run.async(tensors, options as never);
  const shapes = tensors.map(({ shape }) => shape);
  tf.dispose(tensors);
  const results = await pending;
  expect(results.map(({ shape }) => shape)).toEqual(run.shapes(shapes, options as never));
  return results;
}

describe.each(readsAtOnce ? [true, false] : [false])('synchronously: %j', (sync) => {
  it.each(cases)('%s', async (_, run, expected) => {
    const results = await run(sync);
    for (const [at, result] of results.entries()) {
      const matrices = await read(result.shape.length === 2 ? reshaped(result) : result);
      for (const [i, each] of matrices.entries()) {
        const wanted = expected[at]![i]!;
        expect(difference(each, rounded(wanted))).toBe(0);
      }
    }
  });
});

function reshaped(x: tf.Tensor): tf.Tensor {
  const y = tf.reshape(x, [x.shape[0]!, 1, x.shape[1]!]);
  x.dispose();
  return y;
}

it.runIf(!readsAtOnce)('refuses to read back at once on webgpu', () => {
  const x = tf.ones([2, 2]);
  expect(() => eigh(x)).toThrow(
    new Error('eigh: webgpu cannot read back at once; await eigh.async(…) instead'),
  );
  x.dispose();
});

it('takes a single tensor, vectors, and tensors without elements', async () => {
  const shapesOf = async (shape: number[]): Promise<number[][]> => {
    const x = tf.ones(shape);
    const results = await qr.async(x);
    const shapes = results.map((each) => each.shape);
    tf.dispose([x, results]);
    return shapes;
  };
  expect(await shapesOf([1, 5])).toEqual([[1, 1], [1, 5]]); // prettier-ignore
  expect(await shapesOf([5, 1])).toEqual([[5, 1], [1, 1]]); // prettier-ignore
  expect(await shapesOf([0, 3])).toEqual([[0, 0], [0, 3]]); // prettier-ignore
  expect(await shapesOf([2, 0, 3, 2])).toEqual([[2, 0, 3, 2], [2, 0, 2, 2]]); // prettier-ignore
});

it('answers NaN with NaN, for the matrix of the batch that holds it', async () => {
  const x = tensor(diagonal([1, NaN]), diagonal([3, 2]));
  const results = await eigh.async(x);
  const values = Array.from(await results[0]!.data());
  tf.dispose([x, results]);
  expect(values).toEqual([NaN, NaN, 3, 2]);
});

it('refuses shapes and options that make no sense, before it reads', () => {
  const x = tf.ones([2, 3]);
  const vectors = tf.ones([3]);
  expect(() => eigh(x)).toThrow(new RangeError('eigh: the matrix must be square, got 2 x 3'));
  expect(() => qr(vectors)).toThrow('qr: a matrix is wanted, got shape [3]');
  expect(() => qr([x, x])).toThrow('qr: tensors: 1 wanted, got 2');
  expect(() => cholesky.shapes([[2, 3]])).toThrow('cholesky: the matrix must be square, got 2 x 3');
  expect(() => triangularSolve.shapes([[2, 2], [3, 3]])).toThrow('triangularSolve: B must have 2 rows, got 3'); // prettier-ignore
  expect(() =>
    triangularSolve.shapes([
      [2, 2],
      [1, 2, 2],
    ]),
  ).toThrow('triangularSolve: leading axes must be the same, got [2, 2] and [1, 2, 2]');
  expect(() => inverseRoot.shapes([[2, 2]], { power: -1 })).toThrow(
    'inverseRoot: power must be in (0, ∞), got -1',
  );
  tf.dispose([x, vectors]);
});

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { matrix, type Matrix } from '../src/index.js';

/** A float32 tensor of matrices: `[rows, columns]` of one, `[count, rows, columns]` of several. */
export function tensor(...matrices: Matrix[]): tf.Tensor {
  const { rows, columns } = matrices[0]!;
  const shape = [...(matrices.length === 1 ? [] : [matrices.length]), rows, columns];
  return tf.tensor(Float32Array.from(matrices.flatMap(({ data }) => [...data])), shape, 'float32');
}

/** The matrices of a tensor, which is disposed. */
export async function read(x: tf.Tensor): Promise<Matrix[]> {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const data = await x.data();
  x.dispose();
  const size = rows * columns;
  return Array.from({ length: size === 0 ? 0 : data.length / size }, (_, i) =>
    matrix(rows, columns, data.slice(i * size, (i + 1) * size)),
  );
}

/** What a function of tensors makes of matrices; its inputs are disposed. */
export async function applied(f: (x: tf.Tensor) => tf.Tensor, ...matrices: Matrix[]): Promise<Matrix[]> {
  const x = tensor(...matrices);
  const y = f(x);
  x.dispose();
  return read(y);
}

/** A matrix rounded to float32. */
export const rounded = (a: Matrix): Matrix => ({ ...a, data: new Float64Array(new Float32Array(a.data)) });

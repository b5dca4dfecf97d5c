// SPDX-License-Identifier: Apache-2.0
// The inside of tfjs' webgl backend, as far as tests look at it, and tensors in every form it keeps them in.

import * as tf from '@tensorflow/tfjs-core';
import { vi, type Mock } from 'vitest';

interface Data {
  readonly texture?: unknown;
  readonly isPacked?: boolean;
  readonly slice?: { readonly flatOffset: number } | null;
  readonly values?: unknown;
}

export interface Internals {
  readonly binaryCache: object;
  readonly gpgpu: { readonly gl: WebGL2RenderingContext };
  readonly texData: { get(dataId: object): Data };
  packTensor(input: tf.TensorInfo): tf.TensorInfo;
  unpackTensor(input: tf.TensorInfo): tf.TensorInfo;
  runWebGLProgram(...args: unknown[]): tf.TensorInfo;
}

export const internals = (): Internals => tf.backend() as unknown as Internals;

/** How many shaders were compiled so far. */
export const compiled = (): number => Object.keys(internals().binaryCache).length;

/** Watches the programs that run. */
export function programs(): Mock<Internals['runWebGLProgram']> {
  return vi.spyOn(internals(), 'runWebGLProgram');
}

const make = ({ dataId, dtype }: tf.TensorInfo, shape: number[]): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });

/** Ways in which the values of a tensor may be kept. Each gives the tensor and what its texture looks like. */
export const forms: Readonly<Record<string, (values: number[], shape: number[]) => tf.Tensor>> = {
  'values on the host': (values, shape) => tf.tensor(values, shape, 'float32'),
  'a packed texture': (values, shape) =>
    tf.tidy(() => make(internals().packTensor(tf.tensor(values, shape, 'float32')), shape)),
  'a texture of one element a texel': (values, shape) =>
    tf.tidy(() => make(internals().unpackTensor(tf.tensor(values, shape, 'float32')), shape)),
  'a part of a larger texture': (values, shape) =>
    tf.tidy(() => {
      const larger = tf.tensor([7, 8, 9, ...values, 6], [values.length + 4], 'float32');
      return tf.reshape(
        tf.slice(make(internals().unpackTensor(larger), larger.shape), 3, values.length),
        shape,
      );
    }),
  'a packed texture of another shape': (values, shape) =>
    tf.tidy(() => {
      const one = tf.tensor(values, [values.length], 'float32');
      return tf.reshape(make(internals().packTensor(one), one.shape), shape);
    }),
  'values on the host that another shape has first use of': (values, shape) =>
    tf.tidy(() => {
      const one = tf.tensor(values, [values.length, 1], 'float32');
      const other = tf.reshape(one, shape);
      tf.dispose(make(internals().runWebGLProgram(...identity(one)), one.shape));
      return other;
    }),
};

/** A packed program that gives what it gets. */
function identity(x: tf.Tensor): unknown[] {
  const program = {
    variableNames: ['A'],
    packedInputs: true,
    packedOutput: true,
    outputShape: x.shape,
    userCode: 'void main() { setOutput(getAAtOutCoords()); }',
  };
  return [program, [x], 'float32'];
}

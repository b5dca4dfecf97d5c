// SPDX-License-Identifier: Apache-2.0
// The only place that knows the inside of tfjs-backend-cpu, and how tensors of another backend are read on the host.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported } from '../../executor.js';

/** What the backend keeps of a tensor. */
export interface Data {
  values: Float32Array;
  readonly refCount: number;
}

/** What is used of the backend. */
export interface CpuBackend {
  readonly data: { get(dataId: object): Data };
  makeTensorInfo(shape: readonly number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

interface OtherBackend extends Pick<CpuBackend, 'makeTensorInfo'> {
  readonly data?: undefined;
  readSync(dataId: object): Float32Array;
}

/** The active backend, as if it were that of cpu: nothing of another one is written in place. */
export function cpuBackend(): CpuBackend {
  const backend = tf.backend() as unknown as CpuBackend | OtherBackend;
  if (backend.data) return backend;
  const get = (dataId: object): Data => ({ values: backend.readSync(dataId), refCount: 2 });
  return { data: { get }, makeTensorInfo: (...of) => backend.makeTensorInfo(...of) };
}

/** @throws Unsupported when this is not the backend known here, or there is no WebAssembly */
export function assertKnown(backend: CpuBackend): void {
  const known = typeof backend.data?.get === 'function' && typeof backend.makeTensorInfo === 'function';
  if (!known) throw new Unsupported('the cpu backend does not show its arrays');
  if (typeof WebAssembly === 'undefined') throw new Unsupported('there is no WebAssembly');
}

/** A new tensor with an array of its own. */
export function created(backend: CpuBackend, shape: readonly number[], values: Float32Array): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, 'float32', values));
}

// SPDX-License-Identifier: Apache-2.0
// The only place that knows the inside of tfjs-backend-webgpu. Looked up in version 4.22.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported } from '../../executor.js';
import type { Device, GpuBindGroup, GpuBuffer, GpuPipeline } from './device.js';

interface TensorData {
  /** Of the elements in the buffer; a cast tensor may share the buffer of one of another type. */
  readonly dtype: string;
  /** Elements known on the host; `data()` answers with them when they are there. */
  values: unknown;
  readonly resource?: GpuBuffer | null;
  /** Whether the buffer is the user's own. */
  readonly external?: boolean;
}

interface ComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: GpuBindGroup, offsets: readonly number[]): void;
  dispatchWorkgroups(x: number, y: number): void;
}

interface CommandEncoder {
  beginComputePass(descriptor: object): ComputePass;
  copyBufferToBuffer(
    from: GpuBuffer,
    fromOffset: number,
    to: GpuBuffer,
    toOffset: number,
    size: number,
  ): void;
}

/** What is used of the backend. */
export interface GpuBackend {
  readonly device: Device;
  readonly tensorMap: { get(dataId: object): TensorData; has(dataId: object): boolean };
  /** Data used by commands not yet submitted, which must not be released before. */
  readonly commandQueueOwnedIds: { add(dataId: object): unknown };
  readonly commandEncoder: CommandEncoder | null;
  computePassEncoder: ComputePass | null;
  dispatchCountInPass: number;
  /** While `tf.profile` or `tf.time` measures. */
  readonly activeTimers?: { name: string; query: Promise<number> }[] | null;
  readonly supportTimestampQuery: boolean;
  querySet: object | null;
  read(dataId: object): Promise<unknown>;
  refCount(dataId: object): number;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: 'float32', values?: Float32Array): tf.TensorInfo;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;
}

const methods = [
  'read',
  'refCount',
  'uploadToGPU',
  'makeTensorInfo',
  'ensureCommandEncoderReady',
  'endComputePassEncoder',
  'submitQueue',
  'getQueryTime',
] as const;
const properties = [
  'device',
  'tensorMap',
  'commandQueueOwnedIds',
  'commandEncoder',
  'computePassEncoder',
  'dispatchCountInPass',
];

/** Backends seen so far, each with the reason why its device is lost, if it is. */
const met = new WeakMap<object, { lost: string | null }>();
/** How often the data was overwritten in place. */
const versions = new WeakMap<object, number>();

/**
 * The active backend.
 *
 * @throws Unsupported when it is not a backend as known here
 * @throws Error when its device is lost
 */
export function gpuBackend(): GpuBackend {
  const backend = tf.backend() as unknown as GpuBackend;
  let state = met.get(backend);
  if (!state) {
    assertKnown(backend);
    const known: { lost: string | null } = (state = { lost: null });
    met.set(backend, state);
    void backend.device.lost.then(
      ({ reason, message }) => (known.lost = `${reason}${message ? `: ${message}` : ''}`),
    );
    keepReadsFresh(backend);
  }
  if (state.lost !== null) {
    throw new Error(
      `@optim/fusion: the WebGPU device is lost (${state.lost}), and with it all tensors on it; load the last saved state on a new backend`,
    );
  }
  return backend;
}

function assertKnown(backend: GpuBackend): void {
  const missing = [
    ...properties.filter((name) => !(name in backend)),
    ...methods.filter((name) => typeof backend[name] !== 'function'),
  ];
  if (missing.length > 0) throw new Unsupported(`the webgpu backend does not show ${missing.join(', ')}`);
}

/**
 * A pending `data()` keeps what it read for later calls. When the tensor is overwritten meanwhile, that is no longer
 * its value. Ops never overwrite, so the backend does not look out for this itself.
 */
function keepReadsFresh(backend: GpuBackend): void {
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const version = versions.get(dataId);
    const values = await read(dataId);
    if (versions.get(dataId) !== version && backend.tensorMap.has(dataId))
      backend.tensorMap.get(dataId).values = null;
    return values;
  };
}

/** Whether the elements are float32 numbers. Looking a tensor up first brings it to this backend. */
export function isFloat(backend: GpuBackend, { dataId }: tf.TensorInfo): boolean {
  return backend.tensorMap.get(dataId).dtype === 'float32';
}

/** Whether nobody else sees the data of a tensor. */
export function isOwn(backend: GpuBackend, { dataId }: tf.TensorInfo): boolean {
  return backend.tensorMap.get(dataId).external !== true && backend.refCount(dataId) === 1;
}

/** The buffer of a tensor, for commands encoded next. */
export function bufferOf(backend: GpuBackend, { dataId }: tf.TensorInfo): GpuBuffer {
  const data = backend.tensorMap.get(dataId);
  if (!data.resource) backend.uploadToGPU(dataId);
  backend.commandQueueOwnedIds.add(dataId);
  return data.resource!;
}

/** To be called for every tensor that is about to be written in place. */
export function overwrite(backend: GpuBackend, { dataId }: tf.TensorInfo): void {
  backend.uploadToGPU(dataId);
  backend.tensorMap.get(dataId).values = null;
  versions.set(dataId, (versions.get(dataId) ?? 0) + 1);
}

/** A new tensor; without elements, one to be written. */
export function created(backend: GpuBackend, shape: readonly number[], elements?: Float32Array): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...shape], 'float32', elements));
}

/** A new tensor with the elements of `from`. */
export function cloned(backend: GpuBackend, from: tf.TensorInfo): tf.Tensor {
  const to = created(backend, from.shape);
  const target = { buffer: bufferOf(backend, to), offset: 0 };
  copy(backend, { buffer: bufferOf(backend, from), offset: 0 }, target, target.buffer.size);
  return to;
}

/** A place in a buffer, in bytes. */
interface Place {
  readonly buffer: GpuBuffer;
  readonly offset: number;
}

/** Copies between buffers, in order with dispatches. */
export function copy(backend: GpuBackend, from: Place, to: Place, bytes: number): void {
  backend.endComputePassEncoder();
  backend.ensureCommandEncoderReady();
  backend.commandEncoder!.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
}

/** Hands all commands encoded so far to the device. */
export function submit(backend: GpuBackend): void {
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Adds a dispatch to the commands the backend itself is collecting, so that it is in order with ops. */
export function dispatch(
  backend: GpuBackend,
  name: string,
  {
    pipeline,
    group,
    offsets,
    workgroups,
  }: {
    pipeline: GpuPipeline;
    group: GpuBindGroup;
    offsets: readonly number[];
    workgroups: readonly [x: number, y: number];
  },
): void {
  backend.ensureCommandEncoderReady();
  const timers = backend.activeTimers;
  if (timers) backend.endComputePassEncoder();
  const pass = (backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass(
    timers ? timing(backend) : {},
  ));
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group, offsets);
  pass.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  if (!timers) return;
  backend.endComputePassEncoder();
  timers.push({ name, query: backend.getQueryTime() });
}

function timing(backend: GpuBackend): object {
  if (!backend.supportTimestampQuery) return {};
  const querySet = (backend.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: 2 }));
  return { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } };
}

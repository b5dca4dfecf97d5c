// SPDX-License-Identifier: Apache-2.0
// The only place that knows the inside of tfjs-backend-wasm.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported } from '../../executor.js';

/** What the backend keeps of a tensor. */
export interface Data {
  readonly id: number;
  readonly memoryOffset: number;
  readonly refCount: number;
}

/** What is used of the backend. */
export interface WasmBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: unknown };
    readonly wasmMemory?: unknown;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    readonly tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: { get(dataId: object): Data };
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
}

/** The active wasm backend. */
export function wasmBackend(): WasmBackend {
  return tf.backend() as unknown as WasmBackend;
}

/**
 * The memory tensors live in.
 * @throws Unsupported when this is not the backend known here
 */
export function memoryOf(backend: WasmBackend): WebAssembly.Memory {
  const memory = backend.wasm?.wasmMemory ?? backend.wasm?.asm?.memory;
  const known =
    memory instanceof WebAssembly.Memory &&
    typeof backend.dataIdMap?.get === 'function' &&
    typeof backend.makeOutput === 'function' &&
    typeof backend.wasm.tfjs?.registerTensor === 'function' &&
    typeof backend.wasm.tfjs.disposeData === 'function' &&
    typeof backend.wasm._malloc === 'function' &&
    typeof backend.wasm._free === 'function';
  if (!known) throw new Unsupported('the wasm backend does not show its memory');
  return memory;
}

/**
 * Makes the backend forget what it derived from a tensor that is overwritten: it keeps matrices and filters packed for its
 * own kernels, by tensor. The numbers themselves stay where they are.
 */
export function forgetDerived({ wasm }: WasmBackend, { id, memoryOffset }: Data, size: number): void {
  wasm.tfjs.disposeData(id);
  wasm.tfjs.registerTensor(id, size, memoryOffset);
}

/** For a pointer of 0: what is written there is the backend's own. */
export function outOfMemory(): never {
  throw new Error('wasm: out of memory');
}

const scratches = new WeakMap<WasmBackend, { pointer: number; bytes: number }>();

/** Memory for what lives no longer than a run; the same for all kernels, as only one runs at a time. */
export function scratchMemory(backend: WasmBackend, bytes: number): number {
  const known = scratches.get(backend);
  if (known && known.bytes >= bytes) return known.pointer;
  const pointer = backend.wasm._malloc(bytes) >>> 0 || outOfMemory(); // above 2 GB it comes as a negative number
  if (known) backend.wasm._free(known.pointer);
  scratches.set(backend, { pointer, bytes });
  return pointer;
}

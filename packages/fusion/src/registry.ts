// SPDX-License-Identifier: Apache-2.0
// Which executor serves which backend. Those of cpu and wasm, which share one emitter, are there from the start; each of the
// graphics processors is code of its own, loaded when it is needed.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor } from './executor.js';
import { cpuExecutor } from './executors/cpu/kernel.js';
import { opsExecutor } from './executors/ops.js';
import { isHalved } from './executors/precision.js';
import { wasmExecutor } from './executors/wasm/kernel.js';

const executors = new Map<string, Executor>([
  ['cpu', cpuExecutor],
  ['wasm', wasmExecutor],
]);

const loaders = new Map<string, () => Promise<Executor>>([
  ['webgl', async () => (await import('./executors/webgl/load.js')).loadWebgl()],
  ['webgpu', async () => (await import('./executors/webgpu/executor.js')).webgpuExecutor],
]);
const loading = new Map<string, Promise<void>>();
/** Why the executor of a backend could not be loaded. */
const failures = new Map<string, string>();

/** Makes `executor` the one for a backend from now on; a function loads it when it is needed. */
export function registerExecutor(backend: string, executor: Executor | (() => Promise<Executor>)): void {
  loading.delete(backend);
  failures.delete(backend);
  if (typeof executor === 'function') {
    executors.delete(backend);
    loaders.set(backend, executor);
  } else {
    executors.set(backend, executor);
  }
}

/**
 * Loads the executor of the backend in use, or, before there is one, of all that TensorFlow.js has here. Those of cpu and wasm
 * are there from the start. An optimizer starts this when it is made; until an executor is there, plain ops run its
 * programs, with results that may differ in the last bit. Whoever needs the same bits in every run waits for it before the
 * first step.
 *
 * @returns when it is there, or cannot be had (see the `fallback` of {@link describeProgram}); never rejects
 */
export async function loadExecutors(): Promise<void> {
  const inUse = tf.getBackend();
  const wanted = inUse ? [inUse] : [...loaders.keys()].filter((backend) => tf.findBackendFactory(backend));
  await Promise.all(wanted.map(loadExecutor));
}

/** Loads the executor of a backend, unless it is there. */
export function loadExecutor(backend: string): Promise<void> {
  const load = loaders.get(backend);
  if (!load || executors.has(backend)) return Promise.resolve();
  const started = loading.get(backend);
  if (started) return started;
  const promise = load().then(
    // Another may have been registered meanwhile.
    (executor) => void (loading.get(backend) === promise && registerExecutor(backend, executor)),
    (error: unknown) => {
      if (loading.get(backend) !== promise) return;
      registerExecutor(backend, opsExecutor);
      failures.set(backend, `the kernels of ${backend} cannot be loaded: ${String(error)}`);
    },
  );
  loading.set(backend, promise);
  return promise;
}

/** Whether the executor of a backend is being loaded. */
export function isLoading(backend: string): boolean {
  return loading.has(backend);
}

/**
 * The executor of a backend: plain ops where there is no other, or not yet; in 16 bits, which they overflow and underflow, that
 * of cpu.
 */
export function executorFor(backend: string): Executor {
  const own = executors.get(backend) ?? opsExecutor;
  return own === opsExecutor && backend === 'webgl' && isHalved() ? cpuExecutor : own;
}

/** Why plain ops run on a backend. */
export function whyOps(backend: string): string {
  if (isLoading(backend)) return `the kernels of ${backend} are being loaded`;
  return failures.get(backend) ?? `backend ${backend} has no executor of its own`;
}

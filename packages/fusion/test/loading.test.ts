// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, it, vi } from 'vitest';
import {
  describeProgram,
  executorFor,
  kernelFor,
  loadExecutors,
  opsExecutor,
  registerExecutor,
  trace,
  type Executor,
} from '../src/index.js';

const backend = inject('backend');

/** The usual results, doubled, so that they differ from those of plain ops. */
const doubling: Executor = {
  name: 'doubling',
  compile: (phase) => ({
    executor: 'doubling',
    run: (inputs, scalars) =>
      opsExecutor
        .compile(phase)
        .run(inputs, scalars)
        .map((tensor) => tf.mul(tensor, 2)),
  }),
};

/** Calls `body` while the executor of the backend is one that `load` loads. */
async function whileLoading(load: () => Promise<Executor>, body: () => Promise<void>): Promise<void> {
  const usual = executorFor(backend);
  registerExecutor(backend, load);
  try {
    await body();
  } finally {
    registerExecutor(backend, usual);
  }
}

const program = (name: string): ReturnType<typeof trace> =>
  trace(name, { x: [2] }, [], ({ x }) => ({ y: x!.add(1) }));

async function ran(kernel: ReturnType<typeof kernelFor>): Promise<number[]> {
  const y = tf.tidy(() => kernel.run([tf.tensor1d([1, 2])], [])[0]!);
  const values = Array.from(await y.data());
  y.dispose();
  return values;
}

it('runs plain ops until an executor is loaded, and its kernels from then on, with the kernel handed out before too', async () => {
  let arrive = (_: Executor): void => {};
  await whileLoading(
    () => new Promise((resolve) => (arrive = resolve)),
    async () => {
      const early = program('early');
      const kernel = kernelFor(early);
      expect(await ran(kernel)).toEqual([2, 3]);
      expect(describeProgram(early)).toMatchObject([
        { executor: 'ops', fallback: `the kernels of ${backend} are being loaded` },
      ]);
      arrive(doubling);
      await loadExecutors();
      expect(await ran(kernel)).toEqual([4, 6]);
      expect(await ran(kernelFor(program('late')))).toEqual([4, 6]);
      expect(describeProgram(early)).toMatchObject([{ executor: 'doubling' }]);
    },
  );
});

it('keeps to plain ops where an executor cannot be loaded, and says why', async () => {
  await whileLoading(
    () => Promise.reject(new Error('404')),
    async () => {
      const kernel = kernelFor(program('first'));
      await loadExecutors();
      expect(await ran(kernel)).toEqual([2, 3]);
      const second = program('second');
      expect(await ran(kernelFor(second))).toEqual([2, 3]);
      const fallback = `the kernels of ${backend} cannot be loaded: Error: 404`;
      expect(describeProgram(second)).toMatchObject([{ executor: 'ops', fallback }]);
    },
  );
});

it('has the executors of cpu and wasm from the start', async () => {
  vi.resetModules();
  const fresh = await import('../src/registry.js');
  expect(['cpu', 'wasm'].map((name) => [fresh.executorFor(name).name, fresh.isLoading(name)])).toEqual([
    ['cpu', false],
    ['wasm', false],
  ]);
  // In browsers modules cannot be loaded afresh: there it was loaded before the tests.
  for (const name of ['webgl', 'webgpu'].filter((each) => each !== backend))
    expect(fresh.executorFor(name).name).toBe('ops');
});

it('loads that of the backend in use alone, at first use or when asked', async () => {
  let loads = 0;
  const load = (): Promise<Executor> => (loads++, Promise.resolve(doubling));
  tf.registerBackend('idle', () => Promise.reject(new Error('not used')) as never);
  registerExecutor('idle', load);
  await loadExecutors();
  expect(loads).toBe(0);
  tf.removeBackend('idle');
  await whileLoading(load, async () => {
    await Promise.all([loadExecutors(), loadExecutors()]);
    await loadExecutors();
    expect(loads).toBe(1);
    expect(executorFor(backend)).toBe(doubling);
  });
});

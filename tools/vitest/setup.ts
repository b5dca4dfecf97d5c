// SPDX-License-Identifier: Apache-2.0
// Runs before every test file, in Node and in browsers: sets the backend and checks every test for leaks.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    backend: 'cpu' | 'wasm' | 'webgl' | 'webgpu';
  }
}

const backends = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
};

tf.env().set('PROD', true); // no banner
const backend = inject('backend');
await backends[backend]();
await import('@tensorflow/tfjs-layers'); // registers the gradients, which tfjs-core alone does not
if (!(await tf.setBackend(backend))) throw new Error(`The ${backend} backend does not start here`);
await tf.ready();

// Kernels from the first step on, where a test does not say otherwise.
const { loadExecutors } = await import('@optim/fusion');
await loadExecutors();

let before = 0;

beforeEach(() => {
  before = tf.memory().numTensors;
});

// Hooks run in reverse order after a test, so a test file's own cleaning up comes before this.
afterEach(() => {
  const leaked = tf.memory().numTensors - before;
  if (leaked !== 0) throw new Error(`This test changed the number of tensors by ${leaked}, a leak`);
});

// SPDX-License-Identifier: Apache-2.0
// The backends of TensorFlow.js; each is loaded when it is chosen.

import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { loadExecutors } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

export const backends = ['wasm', 'webgl', 'webgpu', 'cpu'] as const;
export type Backend = (typeof backends)[number];

const load: Readonly<Record<Backend, () => Promise<unknown>>> = {
  async wasm() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    });
  },
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** Whether a graphics processor answers later than it is asked. */
export function isAsynchronous(backend: string): boolean {
  return backend === 'webgl' || backend === 'webgpu';
}

/** @throws Error where this browser cannot run it */
export async function useBackend(name: Backend): Promise<void> {
  tf.env().set('PROD', true);
  await load[name]();
  let works = false;
  try {
    works = await tf.setBackend(name);
  } catch {
    // The sentence below says it.
  }
  if (!works) throw new Error(`This browser has no ${name}.`);
  await loadExecutors();
}

/** The backend in the address, or wasm. */
export function backendOf(address: URL): Backend {
  const given = address.searchParams.get('backend');
  return backends.find((name) => name === given) ?? 'wasm';
}

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';
import { compileSteps } from '../src/run-steps.js';
import { executorFor, registerExecutor, type Kernel, type Program } from '../src/index.js';

/** A backend that computes nothing. */
class NoBackend extends tf.KernelBackend {
  override dispose(): void {}
}

let count = 0;

/** Calls `body` while the executor of the backend under test is one that compiles with `compile`. */
export function withExecutor<T>(compile: (phase: Program) => Kernel, body: () => T): T {
  const backend = inject('backend');
  const usual = executorFor(backend);
  registerExecutor(backend, { name: 'seam', compile, compileSteps });
  try {
    return body();
  } finally {
    registerExecutor(backend, usual);
  }
}

/** Calls `body` while another backend is the active one, which has no executor. */
export async function onOtherBackend<T>(body: () => T): Promise<T> {
  const name = `other${count++}`;
  tf.registerBackend(name, () => new NoBackend());
  await tf.setBackend(name);
  try {
    return body();
  } finally {
    await tf.setBackend(inject('backend'));
    tf.removeBackend(name);
  }
}

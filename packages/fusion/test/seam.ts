// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';
import { registerExecutor, type Kernel, type Program } from '../src/index.js';

/** A backend that computes nothing; kernels compiled for it run on the one under test. */
class NoBackend extends tf.KernelBackend {
  override dispose(): void {}
}

let count = 0;

/** Calls `body` while another backend is the active one, whose executor compiles with `compile`, if given. */
export async function onOtherBackend<T>(
  compile: ((phase: Program) => Kernel) | undefined,
  body: () => T,
): Promise<T> {
  const name = `other${count++}`;
  if (compile) registerExecutor(name, { name: 'seam', compile });
  tf.registerBackend(name, () => new NoBackend());
  await tf.setBackend(name);
  try {
    return body();
  } finally {
    await tf.setBackend(inject('backend'));
    tf.removeBackend(name);
  }
}

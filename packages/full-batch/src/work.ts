// SPDX-License-Identifier: Apache-2.0
// Work that needs numbers from the device on its way, written once for backends that answer at once and those that do not.

import * as tf from '@tensorflow/tfjs-core';

/** Work that yields each tensor it needs the numbers of, and is given these. */
export type Work<T> = Generator<tf.Tensor, T, Float32Array>;

const advice = 'await minimizeAsync(…) instead of minimize';

/** Refuses what is to read at once. @throws Error on webgpu, where that is not possible */
export function assertReadsAtOnce(owner: string): void {
  if (tf.getBackend() === 'webgpu') throw new Error(`${owner}: webgpu cannot be read at once; ${advice}`);
}

/**
 * Does the work now.
 *
 * @throws Error naming `minimizeAsync` where the backend cannot be read at once; what the work throws
 */
export function readAtOnce<T>(owner: string, work: Work<T>): T {
  let step = work.next();
  while (!step.done) {
    const { value: tensor } = step;
    let numbers: Float32Array;
    try {
      assertReadsAtOnce(owner);
      numbers = tensor.dataSync<'float32'>().slice();
    } catch (cause) {
      step = work.throw(new Error(`${owner}: the backend cannot be read at once; ${advice}`, { cause }));
      continue;
    } finally {
      tensor.dispose();
    }
    step = work.next(numbers);
  }
  return step.value;
}

/** Does the work as the backend answers. */
export async function readInTime<T>(work: Work<T>): Promise<T> {
  let step = work.next();
  while (!step.done) {
    const { value: tensor } = step;
    let numbers: Float32Array;
    try {
      numbers = (await tensor.data<'float32'>()).slice();
    } catch (error) {
      step = work.throw(error);
      continue;
    } finally {
      tensor.dispose();
    }
    step = work.next(numbers);
  }
  return step.value;
}

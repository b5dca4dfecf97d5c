// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectClose } from './golden.js';

/**
 * The elements of a variable `x` of rank 1 after each of the given gradients, for a rule computed by hand.
 *
 * @param optimizer - made for this walk, and disposed after it
 */
export async function walk(
  optimizer: BaseOptimizer,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): Promise<number[][]> {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([...start]), true, 'x'));
  const seen: number[][] = [];
  try {
    for (const gradient of gradients) {
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([...gradient]) }));
      seen.push([...(await x.data())]);
    }
  } finally {
    x.dispose();
    optimizer.dispose();
  }
  return seen;
}

/** Asserts what {@link walk} saw, to float32 precision. */
export function expectWalk(got: readonly number[][], want: readonly (readonly number[])[]): void {
  expect(got.length).toBe(want.length);
  want.forEach((values, step) => expectClose(`step ${step + 1}`, got[step]!, values, 1e-5));
}

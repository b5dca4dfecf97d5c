// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectClose } from './golden.js';

/** What may differ from one walk to another. */
export interface Walk {
  /** Of the variable; of rank 1 unless given. */
  readonly shape?: readonly number[];
  readonly name?: string;
  /** Called after the last step, before the optimizer is disposed. */
  readonly look?: () => Promise<void>;
}

/**
 * The elements of a variable, `x` unless named, after each of the given gradients, for a rule computed by hand.
 *
 * @param optimizer - made for this walk, and disposed after it
 */
export async function walk(
  optimizer: BaseOptimizer,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  { shape = [start.length], name = 'x', look }: Walk = {},
): Promise<number[][]> {
  const tensor = (elements: readonly number[]): tf.Tensor => tf.tensor([...elements], [...shape]);
  const x = tf.tidy(() => tf.variable(tensor(start), true, name));
  const seen: number[][] = [];
  try {
    for (const gradient of gradients) {
      tf.tidy(() => optimizer.applyGradients({ [name]: tensor(gradient) }));
      seen.push([...(await x.data())]);
    }
    await look?.();
  } finally {
    x.dispose();
    optimizer.dispose();
  }
  return seen;
}

/** Where a {@link walk} of a variable `p` leads that starts at `start` everywhere. */
export async function after(
  optimizer: BaseOptimizer,
  shape: readonly number[],
  gradients: readonly (readonly number[])[],
  { start = 0, look }: { readonly start?: number; readonly look?: () => Promise<void> } = {},
): Promise<number[]> {
  const from = Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => start);
  const seen = await walk(optimizer, from, gradients, { shape, name: 'p', ...(look && { look }) });
  return seen.at(-1)!;
}

/** Numbers as float32 has them after some operations, for `toEqual`. */
export function near(numbers: readonly number[], digits = 5): number[] {
  return numbers.map((number) => expect.closeTo(number, digits) as number);
}

/** Shapes of the slots of an optimizer's only parameter, by name. */
export async function slotShapes(optimizer: BaseOptimizer): Promise<Record<string, readonly number[]>> {
  const [saved] = (await optimizer.stateDict()).parameters;
  return Object.fromEntries(Object.entries(saved!.slots).map(([name, { shape }]) => [name, shape]));
}

/** Asserts what {@link walk} saw, to float32 precision. */
export function expectWalk(got: readonly number[][], want: readonly (readonly number[])[]): void {
  expect(got.length).toBe(want.length);
  want.forEach((values, step) => expectClose(`step ${step + 1}`, got[step]!, values, 1e-5));
}

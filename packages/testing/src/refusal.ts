// SPDX-License-Identifier: Apache-2.0

import type { BaseOptimizer } from '@optim/core';
import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { snapshot } from './subject.js';

type ErrorClass = new (message: string) => Error;

/** One wrong call: what it is, the call, and what it must throw. */
export type Wrong = readonly [what: string, call: () => unknown, type: ErrorClass, message: string | RegExp];

/** Asserts that every call throws or rejects as expected, and that nothing has changed then. */
export async function refuses(
  optimizer: BaseOptimizer,
  variables: readonly tf.Variable[],
  calls: readonly Wrong[],
): Promise<void> {
  const before = await snapshot(optimizer, variables);
  for (const [what, call, type, message] of calls) {
    let error: unknown;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error, what).toBeInstanceOf(type);
    const { message: got } = error as Error;
    if (typeof message === 'string') expect(got, what).toBe(message);
    else expect(got, what).toMatch(message);
    expect(await snapshot(optimizer, variables), `after ${what}`).toEqual(before);
  }
}

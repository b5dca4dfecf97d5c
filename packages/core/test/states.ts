// SPDX-License-Identifier: Apache-2.0
// What tests of saved state share.

import type * as tf from '@tensorflow/tfjs-core';
import type { SavedParameter, StateDict } from '../src/index.js';
import { Heavy, variable, type HeavyOptions } from './rules.js';

const made: { dispose(): void }[] = [];

/** Has {@link freeOwned} dispose something. */
export function own<T extends { dispose(): void }>(thing: T): T {
  made.push(thing);
  return thing;
}

/** Disposes all that a test has made. */
export function freeOwned(): void {
  for (const thing of made.splice(0)) thing.dispose();
}

/** A variable of the test's. */
export const named = (name: string | undefined, values: number[] | number): tf.Variable =>
  own(variable(name, values));
/** An optimizer of the test's. */
export const heavy = (options: HeavyOptions = {}): Heavy => own(new Heavy(options));

/** State of a heavy ball after one step with a gradient of ones. */
export function stateOf(...parameters: [name: string, m: number[]][]): StateDict {
  return {
    format: 1,
    optimizer: 'Heavy',
    step: 1,
    hyperparameters: {},
    globals: {},
    parameters: parameters.map(([name, m]): SavedParameter => ({
      name,
      shape: [m.length],
      dtype: 'float32',
      updates: 1,
      slots: { m: { shape: [m.length], data: Float32Array.from(m) } },
    })),
  };
}

/** The momentum in the state of a heavy ball, by parameter. */
export const momenta = async (optimizer: Heavy): Promise<Record<string, number[]>> =>
  Object.fromEntries(
    (await optimizer.stateDict()).parameters.map(({ name, slots }) => [name, [...slots['m']!.data]]),
  );

// SPDX-License-Identifier: Apache-2.0
// The optimizers of the first screen: each as its package suggests for a first try.

import * as tf from '@tensorflow/tfjs-core';

/** Steps of a whole run. */
export const totalSteps = 600;

type Make = (steps: number) => tf.Optimizer;

const trials = import.meta.glob<{ trials: Readonly<Record<string, Make>> }>(
  '../../../../packages/*/*/test/trial.ts',
);

/** How to make a class; `tf.train.adam` is one too. */
export async function makerOf(name: string, from: string): Promise<() => tf.Optimizer> {
  if (name === 'tf.train.adam') return () => tf.train.adam(1e-3);
  const path = Object.keys(trials).find((file) => file.endsWith(`/${from}/test/trial.ts`));
  if (path === undefined) throw new Error(`site: nothing makes ${name}`);
  const { trials: makers } = await trials[path]!();
  return () => makers[name]!(totalSteps);
}

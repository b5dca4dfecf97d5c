// SPDX-License-Identifier: Apache-2.0

import { readNorms } from '@optim/hooks';
import { show } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import type { Logs } from './training.js';

/** What {@link logOptimizer} makes. */
export interface LogOptimizer {
  /** Adds the numbers of the optimizer to the logs of an epoch. */
  onEpochEnd(epoch: number, logs?: Logs): Promise<void>;
}

/** What optimizers of `@optim` have, and wrappers. */
interface Readable {
  readonly learningRate?: number;
  readonly base?: tf.Optimizer;
  readGlobals?(): Promise<Record<string, number>>;
}

/**
 * What an optimizer says of itself: `learningRate`, the rate of the next step, and its globals, those of its hooks as
 * `hook.name`: `skipNonFinite.skipped`, `clipByGlobalNorm.norm`; with the hook `monitor` of `@optim/hooks` its norms over all
 * variables: `monitor.gradient`, `monitor.update`, `monitor.parameter`, `monitor.ratio`. A wrapper's are those of its base.
 *
 * @throws TypeError for what is no optimizer
 */
export async function readOptimizer(optimizer: tf.Optimizer): Promise<Logs> {
  const { learningRate, base, readGlobals } = (optimizer ?? {}) as Readable;
  if (base) return readOptimizer(base);
  if (typeof learningRate !== 'number')
    throw new TypeError(
      `logOptimizer: must be given an optimizer with a learning rate, got ${show(optimizer)}`,
    );
  const globals = await readGlobals?.call(optimizer);
  const norms = Object.entries((await readNorms(optimizer)) ?? {}).filter(([name]) => name !== 'variables');
  const named = norms.map(([name, value]) => [`monitor.${name}`, value as number] as const);
  return { learningRate, ...globals, ...Object.fromEntries(named) };
}

/**
 * Puts what an optimizer says of itself into the logs of every epoch: {@link readOptimizer} as a callback of `fit` and
 * `fitDataset`. So it is in the history, and `tfvis.show.history` draws it.
 *
 * @param optimizer - of `@optim` or `tf.train`
 * @example `model.fit(x, y, { callbacks: logOptimizer(optimizer) })`
 */
export function logOptimizer(optimizer: tf.Optimizer): LogOptimizer {
  return {
    async onEpochEnd(_epoch: number, logs: Logs = {}): Promise<void> {
      Object.assign(logs, await readOptimizer(optimizer));
    },
  };
}

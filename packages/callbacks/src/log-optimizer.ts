// SPDX-License-Identifier: Apache-2.0

import { assertOptimizer } from '@optim/contract';
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
 * variables: `monitor.gradient`, `monitor.update`, `monitor.parameter`, `monitor.ratio`. A wrapper's are those of its base. All are
 * of the moment of the call.
 *
 * @throws TypeError for what is no optimizer
 */
export async function readOptimizer(optimizer: tf.Optimizer): Promise<Logs> {
  const inside: Readable & tf.Optimizer = rated('readOptimizer', optimizer);
  const learningRate = inside.learningRate!;
  const [globals, all] = await Promise.all([inside.readGlobals?.(), readNorms(inside)]);
  const norms = Object.entries(all ?? {}).filter(([name]) => name !== 'variables');
  const named = norms.map(([name, value]) => [`monitor.${name}`, value as number] as const);
  return { learningRate, ...globals, ...Object.fromEntries(named) };
}

/** What an optimizer says of itself it says of its base, where it has one; and that has a rate. */
function rated(owner: string, optimizer: tf.Optimizer): tf.Optimizer {
  assertOptimizer(owner, optimizer);
  const { learningRate, base } = optimizer as Readable;
  if (base) return rated(owner, base);
  if (typeof learningRate === 'number') return optimizer;
  throw new TypeError(`${owner}: optimizer must have a learning rate, got ${show(optimizer)}`);
}

/**
 * Puts what an optimizer says of itself into the logs of every epoch: {@link readOptimizer} as a callback of `fit` and
 * `fitDataset`. So it is in the history, and `tfvis.show.history` draws it.
 *
 * @param optimizer - of `@optim` or `tf.train`
 * @throws TypeError for what is no optimizer
 * @example `model.fit(x, y, { callbacks: logOptimizer(optimizer) })`
 */
export function logOptimizer(optimizer: tf.Optimizer): LogOptimizer {
  rated('logOptimizer', optimizer);
  return {
    async onEpochEnd(_epoch: number, logs: Logs = {}): Promise<void> {
      Object.assign(logs, await readOptimizer(optimizer));
    },
  };
}

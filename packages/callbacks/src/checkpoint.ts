// SPDX-License-Identifier: Apache-2.0
// Checkpoints of a training.

import { choice, custom, integer, nullable, resolveOptions, type OptionTable } from '@optim/options';
import type { StateDict } from '@optim/state';
import { aMetric, Best, modeOf, plainNumber } from './best.js';
import { assertStore, bestIn, nameOf, namesIn, type Found } from './kept.js';
import { someCallbacks, takeSnapshot, type Callbacks, type Position } from './snapshot.js';
import type { Store } from './store.js';
import { assertTraining, metricOf, type Logs, type Training } from './training.js';

/** Options of {@link checkpoint}. */
export interface CheckpointOptions {
  /** After how many epochs, or batches, one is saved; an integer in [1, ∞), default 1. */
  every?: number;
  /** What `every` counts: 'epoch', or 'batch', where one is saved after each epoch too; default 'epoch'. */
  per?: 'epoch' | 'batch';
  /** How many are kept, the newest ones; an integer in [1, ∞), default 2. */
  keep?: number;
  /** Name of a metric among the logs: the best by it is kept too; default none. */
  monitor?: string | null;
  /** Whether the metric improves by falling ('min') or by rising ('max'); 'auto' goes by its name; default 'auto'. */
  mode?: 'auto' | 'min' | 'max';
  /** Callbacks whose state is saved too, by names of your own: what `keepBest`, `earlyStopping` and `reduceOnPlateau` make; default none. */
  callbacks?: Callbacks;
}

/** What {@link checkpoint} makes. */
export interface Checkpoint {
  /**
   * Saves the training as it is now, and forgets what is not to be kept.
   *
   * @param position - epochs done, and batches of the next one
   * @param metric - what the best is told by
   * @returns its name in the store
   */
  save(position: Position, metric?: number | null): Promise<string>;
  onTrainBegin(): Promise<void>;
  onEpochBegin(epoch: number): void;
  onEpochEnd(epoch: number, logs?: Logs): Promise<void>;
  onBatchEnd?(batch: number, logs?: Logs): Promise<void>;
}

const table: OptionTable<CheckpointOptions> = {
  every: /* #__PURE__ */ integer('[1, ∞)', 1),
  per: /* #__PURE__ */ choice(['epoch', 'batch']),
  keep: /* #__PURE__ */ integer('[1, ∞)', 2),
  monitor: /* #__PURE__ */ nullable(/* #__PURE__ */ aMetric()),
  mode: /* #__PURE__ */ choice(['auto', 'min', 'max']),
  callbacks: someCallbacks,
};

const positionTable: OptionTable<Position & { metric: number | null }> = {
  epoch: /* #__PURE__ */ integer('[0, ∞)'),
  batch: /* #__PURE__ */ integer('[0, ∞)'),
  metric: /* #__PURE__ */ custom('a number or null', (value) => value === null || typeof value === 'number'),
};

/**
 * Saves a training again and again, so that it can go on in the middle after the process was killed or the page was closed: all
 * weights, the state of the optimizer with its options, epoch and batch, and the state of callbacks. A callback of `fit` and
 * `fitDataset`, to be put last, after those whose state it saves; a loop of one's own calls `save`.
 *
 * What is saved is of one moment. A new checkpoint is there whole before an old one is forgotten, whenever the process ends.
 * {@link resume} goes on from it, bit for bit, on the same machine and backend. Random numbers without a seed are not part of it:
 * the order of `shuffle`, masks of dropout.
 *
 * @param training - a model of tfjs-layers, or `{ variables, optimizer }`
 * @param store - where they are kept
 * @throws TypeError, RangeError for a wrong option; before training and when saving, RangeError where the store has
 * checkpoints of later steps, which are of another run, or the position is none; at the end of an epoch, RangeError when its logs lack the metric
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { checkpoint, resume, type Store } from '@optim/callbacks';
 *
 * model.compile({ optimizer: new AdamW(), loss: 'meanSquaredError' });
 * const train = async (store: Store): Promise<void> => {
 *   const { epoch = 0 } = (await resume(model, store)) ?? {};
 *   const callbacks = checkpoint(model, store, { every: 5 }); // for model.fit, whose initialEpoch is epoch
 * };
 * ```
 */
export function checkpoint(training: Training, store: Store, options: CheckpointOptions = {}): Checkpoint {
  assertTraining('checkpoint', training);
  assertStore('checkpoint', store);
  const resolved = resolveOptions<CheckpointOptions>('checkpoint', table, options);
  const { every, per, keep, monitor, callbacks } = resolved;
  const compared = { monitor: '', mode: modeOf(resolved), minDelta: 0 };
  let best: Found | undefined;
  /** What has been asked to be saved before, one after the other. */
  let before: Promise<unknown> = Promise.resolve();
  let epoch = 0;
  let batches = 0;

  const laterThan = async (name: string): Promise<string[]> => {
    const names = await namesIn(store);
    const later = names.find((other) => other > name);
    if (later === undefined) return names;
    throw new RangeError(
      `checkpoint: store must have none of a later step than ${name}; resume from ${later}, or take an empty store`,
    );
  };
  const put = async (name: string, state: StateDict, metric: number | null): Promise<string> => {
    const names = await laterThan(name);
    if (monitor !== null) best ??= (await bestIn(store, names)) ?? { name: null, value: new Best(compared) };
    await store.save(name, state);
    if (metric !== null && best?.value.take(metric)) best.name = name;
    const others = names.filter((other) => other !== name);
    const old = others.slice(0, Math.max(0, others.length - keep + 1));
    for (const other of old) if (other !== best?.name) await store.remove(other);
    return name;
  };
  const save = async (position: Position, metric: number | null = null): Promise<string> => {
    const { epoch, batch } = resolveOptions('checkpoint', positionTable, { ...position, metric });
    const name = nameOf(training.optimizer.iterations);
    const header = { epoch, batch, metric: plainNumber(metric), mode: compared.mode };
    const taken = takeSnapshot(training, header, callbacks);
    const saved = Promise.all([taken, before]).then(([state]) => put(name, state, metric));
    before = saved.catch(() => undefined);
    return saved;
  };
  const metricIn = (logs?: Logs): number | null =>
    monitor === null ? null : metricOf('checkpoint', monitor, logs);
  return {
    save,
    async onTrainBegin(): Promise<void> {
      await laterThan(nameOf(training.optimizer.iterations));
    },
    onEpochBegin(at: number): void {
      epoch = at;
    },
    async onEpochEnd(at: number, logs?: Logs): Promise<void> {
      if (per === 'batch' || (at + 1) % every === 0) await save({ epoch: at + 1, batch: 0 }, metricIn(logs));
    },
    ...(per === 'batch' && {
      async onBatchEnd(batch: number): Promise<void> {
        if (++batches % every === 0) await save({ epoch, batch: batch + 1 });
      },
    }),
  };
}

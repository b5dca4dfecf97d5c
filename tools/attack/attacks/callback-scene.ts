// SPDX-License-Identifier: Apache-2.0
// Callbacks by name, with options that are right.

import type { AdamW } from '@optim/adamw';
import type { StateDict } from '@optim/core';
import * as schedules from '@optim/schedules';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as callbacks from '../../../packages/callbacks/src/index.js';

export type Given = (...given: unknown[]) => unknown;

/** Options with which a callback is made. */
export const options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  keepBest: { monitor: 'loss', mode: 'min', minDelta: 0, restore: true },
  earlyStopping: { monitor: 'loss', mode: 'min', minDelta: 0, patience: 1, startFromEpoch: 0, restoreBestWeights: true },
  stopOnNonFinite: { monitor: 'loss', after: 1 },
  checkpoint: { every: 1, per: 'epoch', keep: 2, monitor: 'loss', mode: 'min', callbacks: {} },
  resume: { callbacks: {}, which: 'last' },
  progressBar: { optimizer: null, epochs: 1, steps: 1, terminal: { isTTY: true, write: () => undefined } },
  layerwiseGroups: { learningRate: 0.1, decay: 0.5, noDecay: true },
  findLearningRate: { optimizer: null, model: null, data: null, loss: null, from: 0.01, to: 0.1, steps: 3, smoothing: 0.5, stopAt: 4 },
  reduceOnPlateauCallback: { monitor: 'loss', mode: 'min', patience: 1 },
  scheduleCallback: { per: 'epoch', initialStep: 0 },
}; // prettier-ignore

export const table = { ...callbacks, ...schedules } as unknown as Readonly<Record<string, Given>>;

/** Whose names errors may have besides. */
export const others: Readonly<Record<string, readonly string[]>> = {
  earlyStopping: ['keepBest'],
  reduceOnPlateauCallback: ['reduceOnPlateau'],
  checkpoint: ['resume', 'Checkpoint'],
  resume: ['checkpoint'],
};

/** A store in memory. */
export function storeOf(kept: Map<string, StateDict>): Record<string, Given> {
  return {
    save: async (name, state) => void kept.set(name as string, state as StateDict),
    load: async (name) => kept.get(name as string),
    names: async () => [...kept.keys()],
    remove: async (name) => void kept.delete(name as string),
  };
}

/** Runs what a callback has, as `fit` does. */
export async function ran(made: unknown): Promise<void> {
  const callback = (await made) as Partial<Record<string, Given>> | null;
  if (typeof callback !== 'object' || callback === null) return;
  try {
    await callback['onTrainBegin']?.();
    await callback['onEpochBegin']?.(0);
    await callback['onBatchBegin']?.(0);
    await callback['onBatchEnd']?.(0, { loss: 0.5 });
    await callback['onEpochEnd']?.(0, { loss: 0.5 });
    await callback['onTrainEnd']?.();
  } finally {
    callback['dispose']?.();
  }
}

export interface Scene {
  readonly model: tfl.Sequential;
  readonly loop: { readonly variables: tf.Variable[]; readonly optimizer: AdamW };
  readonly xs: tf.Tensor;
  readonly ys: tf.Tensor;
  readonly state: StateDict;
}

export type Asked = (
  what: string,
  name: string,
  call: () => unknown,
  taken?: (made: unknown) => unknown,
) => void;

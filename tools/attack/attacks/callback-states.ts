// SPDX-License-Identifier: Apache-2.0
// What callbacks are told, their states, and what stores and data sets give.

import type { StateDict } from '@optim/core';
import * as schedules from '@optim/schedules';
import { changed, gone, hostile, placesIn } from '../hostile.js';
import { options, ran, storeOf, table, type Asked, type Given, type Scene } from './callback-scene.js';

/** In place of what is reported, and of states. */
export function aroundReports({ loop }: Scene, ask: Asked): void {
  for (const name of ['keepBest', 'earlyStopping', 'stopOnNonFinite', 'reduceOnPlateauCallback']) {
    const made = (): Record<string, Given> =>
      table[name]!(name === 'reduceOnPlateauCallback' ? loop.optimizer : loop, options[name]) as never;
    const on = (what: string, call: (callback: Record<string, Given>) => unknown): void =>
      ask(what, name, async () => {
        const callback = made();
        try {
          await call(callback);
          await ran(callback);
        } finally {
          callback['dispose']?.();
        }
      });
    for (const [what, value] of hostile()) {
      on(`logs: ${what}`, (callback) => (callback['onEpochEnd'] ?? callback['onBatchEnd'])!(0, value));
      on(`loss: ${what}`, (callback) =>
        (callback['onEpochEnd'] ?? callback['onBatchEnd'])!(0, { loss: value }),
      );
      on(`epoch: ${what}`, (callback) =>
        (callback['onEpochEnd'] ?? callback['onBatchEnd'])!(value, { loss: 1 }),
      );
      on(`report: ${what}`, (callback) => callback['report']?.(0, value));
      on(`report at: ${what}`, (callback) => callback['report']?.(value, 0));
      on(`setState: ${what}`, (callback) => callback['setState']?.(value));
      on(`setTensors: ${what}`, (callback) => callback['setTensors']?.(value));
      on(`in setTensors: ${what}`, (callback) => callback['setTensors']?.([loop.variables[0], value]));
      const state = made()['getState']?.();
      for (const path of placesIn(state)) {
        on(`state ${path.join('.')}: ${what}`, (callback) =>
          callback['setState']?.(changed(state, path, value)),
        );
        on(`state without ${path.join('.')}`, (callback) =>
          callback['setState']?.(changed(state, path, gone)),
        );
      }
    }
  }
  for (const [what, value] of hostile()) {
    const plateau = schedules.reduceOnPlateau({ learningRate: 0.1 });
    ask(`update: ${what}`, 'reduceOnPlateau', () => plateau.update(value as number));
    const state = plateau.getState();
    for (const path of placesIn(state))
      ask(`state ${path.join('.')}: ${what}`, 'reduceOnPlateau', () =>
        plateau.setState(changed(state, path, value) as never),
      );
  }
}

/** In place of checkpoints, and of data. */
export function aroundData({ model, loop, xs, ys, state }: Scene, ask: Asked): void {
  const { findLearningRate, refreshBatchNorm, resume, checkpoint } = table as Readonly<Record<string, Given>>;
  const resumed = (given: unknown, more: Record<string, Given> = {}): unknown =>
    resume!(loop, { ...storeOf(new Map([['step-0000000001', given as StateDict]])), ...more });
  for (const [what, value] of hostile()) {
    for (const path of placesIn(state))
      ask(`${path.join('.')}: ${what}`, 'checkpoint', () => resumed(changed(state, path, value)));
    ask(`names give ${what}`, 'resume', () => resumed(state, { names: async () => value }));
    ask(`a name is ${what}`, 'resume', () => resumed(state, { names: async () => [value] }));
    const saving = checkpoint!(loop, storeOf(new Map())) as Record<string, Given>;
    ask(`position: ${what}`, 'checkpoint', () => saving['save']!(value));
    ask(`epoch: ${what}`, 'checkpoint', () => saving['save']!({ epoch: value, batch: 0 }));
    ask(`metric: ${what}`, 'checkpoint', () => saving['save']!({ epoch: 0, batch: 0 }, value));
    const data: readonly (readonly [string, unknown])[] = [
      ['data', value],
      ['xs', { xs: value, ys }],
      ['ys', { xs, ys: value }],
      ['batchSize', { xs, ys, batchSize: value }],
      ['a batch', [{ xs, ys }, value]],
      ['xs of a batch', [{ xs: value, ys }]],
      ['ys of a batch', [{ xs, ys: value }]],
      ['a data set', { iterator: value }],
      ['an iterator', { iterator: () => value }],
      ['next', { iterator: () => ({ next: () => value }) }],
    ];
    for (const [where, given] of data) {
      ask(`${where}: ${what}`, 'refreshBatchNorm', () => refreshBatchNorm!(model, given));
      ask(`${where}: ${what}`, 'findLearningRate', () =>
        findLearningRate!({ ...options['findLearningRate'], model, data: given }),
      );
    }
    const found = (more: object): unknown =>
      findLearningRate!({ ...options['findLearningRate'], optimizer: loop.optimizer, ...more });
    ask(`the loss gives ${what}`, 'findLearningRate', () => found({ loss: () => value }));
    ask(`trainOnBatch gives ${what}`, 'findLearningRate', () =>
      found({ model: { optimizer: loop.optimizer, trainOnBatch: () => value }, data: { xs, ys } }),
    );
  }
}

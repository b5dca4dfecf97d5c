// SPDX-License-Identifier: Apache-2.0
// The weights of the best epoch.

import { isTensor } from '@optim/contract';
import * as tf from '@tensorflow/tfjs-core';
import { flag, integer, isArrayOf, resolveOptions, show, type OptionTable } from '@optim/options';
import { sameShape } from '@optim/fusion';
import { held } from '@optim/state';
import {
  aNumber,
  assertReport,
  Best,
  monitorTable,
  numberFrom,
  plainNumber,
  type MonitorOptions,
} from './best.js';
import { atEvaluationPoint, evaluatedBy, type TwoPoints } from './evaluate-averaged.js';
import {
  assertTraining,
  metricOf,
  trainedOf,
  variablesOf,
  type Logs,
  type Resumable,
  type Training,
} from './training.js';

/** Options of {@link keepBest}. */
export interface KeepBestOptions extends MonitorOptions {
  /** Whether the weights of the best epoch come back when `fit` ends; default true. */
  restore?: boolean;
}

/** What {@link keepBest} makes. */
export interface KeepBest extends Resumable {
  /** The best value reported; `null` before the first. */
  readonly best: number | null;
  /** The epoch of that value; -1 before the first. */
  readonly epoch: number;
  /** Takes the value of an epoch, keeps the weights if it is the best, and says whether it is. */
  report(epoch: number, value: number): boolean;
  /** Gives the model the weights of the best epoch; says whether there are any. */
  restore(): boolean;
  /** Frees what is kept. */
  dispose(): void;
  onEpochEnd(epoch: number, logs?: Logs): void;
  onTrainEnd(): void;
}

const table: OptionTable<KeepBestOptions> = { ...monitorTable, restore: /* #__PURE__ */ flag(true) };

const stateTable: OptionTable<{ best: unknown; epoch: number }> = {
  best: aNumber,
  epoch: /* #__PURE__ */ integer('[-1, ∞)'),
};

/**
 * Keeps the weights of the best epoch, on the device, and gives them back when training ends: a callback of `fit` and
 * `fitDataset`, and by `report` and `restore` of a loop of one's own.
 *
 * Of a model that is seen at the evaluation point (see {@link evaluateAveraged}) the weights of that point are kept. When
 * they come back the variables are there: `useTrainingWeights()` of the optimizer before the next `fit`.
 *
 * The state of the optimizer is not part of it; for that there is {@link checkpoint}. Where `fit` ends by an error, `dispose`
 * frees what is kept.
 *
 * @param training - a model of tfjs-layers, or `{ variables, optimizer }`
 * @throws TypeError, RangeError for a wrong option; at the end of an epoch, RangeError when its logs lack the metric
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { keepBest } from '@optim/callbacks';
 *
 * model.compile({ optimizer: new AdamW(), loss: 'meanSquaredError' });
 * const callbacks = keepBest(model, { monitor: 'val_loss' }); // model.fit(x, y, { validationSplit: 0.1, callbacks })
 * ```
 */
export function keepBest(training: Training, options: KeepBestOptions = {}): KeepBest {
  return keepBestOf('keepBest', training, options);
}

/** @internal The same, for an `owner` that errors name. */
export function keepBestOf(owner: string, training: Training, options: KeepBestOptions): KeepBest {
  assertTraining(owner, training);
  const resolved = resolveOptions<KeepBestOptions>(owner, table, options);
  let best = new Best(resolved);
  let epoch = -1;
  let kept: tf.Tensor[] = [];

  const dispose = (): void => {
    tf.dispose(kept);
    kept = [];
  };
  const callback: KeepBest = {
    get best(): number | null {
      return best.value;
    },
    get epoch(): number {
      return epoch;
    },
    report(at: number, value: number): boolean {
      assertReport(owner, at, value);
      if (!best.take(value)) return false;
      epoch = at;
      dispose();
      const hold = (): tf.Tensor[] => variablesOf(training).map(held);
      kept = evaluatedBy(training) ? atEvaluationPoint(training, hold) : hold();
      return true;
    },
    restore(): boolean {
      if (kept.length === 0) return false;
      const variables = variablesOf(training);
      const optimizer = evaluatedBy(training) as Partial<TwoPoints> | undefined;
      optimizer?.useEvaluationWeights?.(trainedOf(training));
      variables.forEach((variable, i) => variable.assign(kept[i]!));
      return true;
    },
    dispose,
    onEpochEnd(at: number, logs?: Logs): void {
      callback.report(at, metricOf(owner, resolved.monitor, logs));
    },
    onTrainEnd(): void {
      if (!resolved.restore) return;
      callback.restore();
      dispose();
      // What is trained next begins anew.
      best = new Best(resolved);
    },
    getState: () => ({ best: plainNumber(best.value), epoch }),
    setState(state: never): void {
      const saved = resolveOptions(`${owner} state`, stateTable, state);
      best.value = numberFrom(saved.best);
      epoch = saved.epoch;
      dispose();
    },
    getTensors: () => kept,
    setTensors(tensors: readonly tf.Tensor[]): void {
      const variables = variablesOf(training);
      const fits =
        isArrayOf(tensors, isTensor) &&
        tensors.every(({ shape }, i) => sameShape(shape, variables[i]?.shape ?? []));
      if (!fits || (tensors.length > 0 && tensors.length !== variables.length))
        throw new TypeError(
          `${owner}: tensors must be those of ${variables.length} weights, got ${show(tensors)}`,
        );
      dispose();
      kept = tensors.map(held);
    },
  };
  return callback;
}

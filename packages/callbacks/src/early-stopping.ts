// SPDX-License-Identifier: Apache-2.0

import { custom, flag, integer, isRecord, resolveOptions, type OptionTable } from '@optim/options';
import {
  aNumber,
  assertReport,
  Best,
  monitorTable,
  numberFrom,
  plainNumber,
  type MonitorOptions,
} from './best.js';
import { keepBestOf } from './keep-best.js';
import { assertTraining, metricOf, stop, type Logs, type Resumable, type Training } from './training.js';

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs in a row without improvement that end it, 0 as 1; an integer in [0, ∞), default 0. */
  patience?: number;
  /** Epochs at the beginning that are not looked at; an integer in [0, ∞), default 0. */
  startFromEpoch?: number;
  /** Whether the weights of the best epoch come back at the end; default false. */
  restoreBestWeights?: boolean;
}

/** What {@link earlyStopping} makes. */
export interface EarlyStopping extends Resumable {
  /** The best value reported; `null` before the first. */
  readonly best: number | null;
  /** The epoch after which it ended the training; `null` as long as it has not. */
  readonly stoppedEpoch: number | null;
  /** Takes the value of an epoch and says whether the training has to end. */
  report(epoch: number, value: number): boolean;
  /** Gives the model the weights of the best epoch; says whether there are any. */
  restore(): boolean;
  /** Frees the weights it keeps. */
  dispose(): void;
  onTrainBegin(): void;
  onEpochEnd(epoch: number, logs?: Logs): void;
  onTrainEnd(): void;
}

const table: OptionTable<EarlyStoppingOptions> = {
  ...monitorTable,
  patience: /* #__PURE__ */ integer('[0, ∞)', 0),
  startFromEpoch: /* #__PURE__ */ integer('[0, ∞)', 0),
  restoreBestWeights: /* #__PURE__ */ flag(false),
};

const stateTable: OptionTable<{ best: unknown; kept: object; waited: number }> = {
  best: aNumber,
  kept: /* #__PURE__ */ custom('an object', isRecord),
  waited: /* #__PURE__ */ integer('[0, ∞)'),
};

/**
 * Ends a training when a metric has stopped improving, and gives back the best weights when asked to: what
 * `tf.callbacks.earlyStopping` refuses. As there, an improvement by `minDelta` or less does not count as one; the weights are
 * those of the best epoch, by however little.
 *
 * With an optimizer of two points, call {@link evaluateAveraged} first: `val_loss` is that of the training point otherwise.
 *
 * @param training - a model of tfjs-layers, or `{ variables, optimizer }`
 * @throws TypeError, RangeError for a wrong option; at the end of an epoch, RangeError when its logs lack the metric
 * @example
 * ```ts
 * import { AdamW } from '@optim/adamw';
 * import { earlyStopping } from '@optim/callbacks';
 *
 * model.compile({ optimizer: new AdamW(), loss: 'meanSquaredError' });
 * const callbacks = earlyStopping(model, { patience: 5, restoreBestWeights: true }); // for model.fit
 * ```
 */
export function earlyStopping(training: Training, options: EarlyStoppingOptions = {}): EarlyStopping {
  assertTraining('earlyStopping', training);
  const resolved = resolveOptions<EarlyStoppingOptions>('earlyStopping', table, options);
  const { monitor, mode, patience, startFromEpoch, restoreBestWeights } = resolved;
  const weights = keepBestOf('earlyStopping: kept', training, { monitor, mode });
  let best = new Best(resolved);
  let waited = 0;
  let stoppedEpoch: number | null = null;

  const callback: EarlyStopping = {
    get best(): number | null {
      return best.value;
    },
    get stoppedEpoch(): number | null {
      return stoppedEpoch;
    },
    report(epoch: number, value: number): boolean {
      assertReport('earlyStopping', epoch, value);
      if (epoch < startFromEpoch) return false;
      if (restoreBestWeights) weights.report(epoch, value);
      waited = best.take(value) ? 0 : waited + 1;
      if (waited === 0 || waited < patience) return false;
      stoppedEpoch = epoch;
      stop(training);
      return true;
    },
    restore: () => weights.restore(),
    dispose: () => weights.dispose(),
    onTrainBegin(): void {
      stoppedEpoch = null;
    },
    onEpochEnd(epoch: number, logs?: Logs): void {
      callback.report(epoch, metricOf('earlyStopping', monitor, logs));
    },
    onTrainEnd(): void {
      weights.onTrainEnd();
      best = new Best(resolved);
      waited = 0;
    },
    getState: () => ({ best: plainNumber(best.value), waited, kept: weights.getState() }),
    setState(state: never): void {
      const saved = resolveOptions('earlyStopping state', stateTable, state);
      const value = numberFrom(saved.best);
      weights.setState(saved.kept as never);
      best.value = value;
      waited = saved.waited;
    },
    getTensors: () => weights.getTensors!(),
    setTensors: (tensors) => weights.setTensors!(tensors),
  };
  return callback;
}

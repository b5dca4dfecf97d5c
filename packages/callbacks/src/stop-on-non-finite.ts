// SPDX-License-Identifier: Apache-2.0

import { integer, resolveOptions, type OptionTable } from '@optim/options';
import { aMetric, assertReport } from './best.js';
import { assertTraining, metricOf, stop, type Logs, type Training } from './training.js';

/** Options of {@link stopOnNonFinite}. */
export interface StopOnNonFiniteOptions {
  /** How many losses in a row that are NaN or infinite end the training; an integer in [1, ∞), default 1. */
  after?: number;
  /** Name of the metric among the logs of a batch; default 'loss'. */
  monitor?: string;
}

/** What {@link stopOnNonFinite} makes. */
export interface StopOnNonFinite {
  /** Whether it has ended the training. */
  readonly stopped: boolean;
  /** Takes the loss of a batch and says whether the training has to end. */
  report(loss: number): boolean;
  onTrainBegin(): void;
  onBatchEnd(batch: number, logs?: Logs): void;
}

const table: OptionTable<StopOnNonFiniteOptions> = {
  after: /* #__PURE__ */ integer('[1, ∞)', 1),
  monitor: /* #__PURE__ */ aMetric('loss'),
};

/**
 * Ends a training whose loss is NaN or infinite, after the batch that says so. As every callback of batches it has the loss
 * read after each; `skipNonFinite` of `@optim/hooks` leaves such steps out on the device and reads nothing.
 *
 * @param training - a model of tfjs-layers, or `{ variables, optimizer }`
 * @throws TypeError, RangeError for a wrong option; after a batch, RangeError when its logs lack the metric
 * @example `stopOnNonFinite(model, { after: 3 })`
 */
export function stopOnNonFinite(training: Training, options: StopOnNonFiniteOptions = {}): StopOnNonFinite {
  assertTraining('stopOnNonFinite', training);
  const { after, monitor } = resolveOptions<StopOnNonFiniteOptions>('stopOnNonFinite', table, options);
  let inARow = 0;
  const callback: StopOnNonFinite = {
    get stopped(): boolean {
      return inARow >= after;
    },
    report(loss: number): boolean {
      assertReport('stopOnNonFinite', 0, loss);
      inARow = Number.isFinite(loss) ? 0 : inARow + 1;
      if (callback.stopped) stop(training);
      return callback.stopped;
    },
    onTrainBegin(): void {
      inARow = 0;
    },
    onBatchEnd(_batch: number, logs?: Logs): void {
      callback.report(metricOf('stopOnNonFinite', monitor, logs));
    },
  };
  return callback;
}

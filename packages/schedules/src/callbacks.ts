// SPDX-License-Identifier: Apache-2.0
// Callbacks in the plain-object form that `model.fit` takes, so that nothing of tfjs-layers is needed.

import {
  choice,
  custom,
  integer,
  outOfRange,
  isRecord,
  resolveOptions,
  show,
  type OptionTable,
  type Schedule,
} from '@optim/options';
import { aSchedule } from './rows.js';
import { plateauOf, type ReduceOnPlateau, type ReduceOnPlateauOptions } from './reduce-on-plateau.js';

/** Options of {@link reduceOnPlateauCallback}. */
export interface ReduceOnPlateauCallbackOptions extends Omit<ReduceOnPlateauOptions, 'learningRate'> {
  /** Name of the metric among the logs of an epoch; default 'val_loss'. */
  monitor?: string;
  /** Rate to start with; in [0, ∞), default the optimizer's when the callback is made. */
  learningRate?: number;
}

/** What {@link reduceOnPlateauCallback} makes. */
export interface ReduceOnPlateauCallback {
  /** What decides: read its rate, save its state. */
  readonly plateau: ReduceOnPlateau;
  /** Gives the optimizer the rate in force. */
  onTrainBegin(): void;
  /** Reports the metric and gives the optimizer the rate that follows. */
  onEpochEnd(epoch: number, logs?: Record<string, number>): void;
}

/** Options of {@link scheduleCallback}. */
export interface ScheduleCallbackOptions {
  /** What the schedule counts: 'batch' (an update) or 'epoch'; default 'batch'. */
  per?: 'batch' | 'epoch';
  /** Batches or epochs already done before this run, to resume one; an integer in [0, ∞), default 0. */
  initialStep?: number;
}

/** What {@link scheduleCallback} makes: one of the two, as `per` says. */
export interface ScheduleCallback {
  onBatchBegin?(batch: number): void;
  onEpochBegin?(epoch: number): void;
}

const monitorTable: OptionTable<{ monitor?: string }> = {
  monitor: /* #__PURE__ */ custom('a string', (value) => typeof value === 'string', 'val_loss'),
};

const scheduleTable: OptionTable<ScheduleCallbackOptions & { schedule: Schedule }> = {
  schedule: aSchedule,
  per: /* #__PURE__ */ choice(['batch', 'epoch']),
  initialStep: /* #__PURE__ */ integer('[0, ∞)', 0),
};

/**
 * How to give an optimizer a rate. `setLearningRate` comes first: `tf.train.sgd` and `tf.train.momentum` keep
 * a copy of their rate that setting the property would leave as it is; the others of `tf.train` have the
 * property only.
 */
function rateSetter(owner: string, optimizer: object): (rate: number) => void {
  const target = optimizer as { learningRate?: number; setLearningRate?: (rate: number) => void };
  if (typeof target?.setLearningRate === 'function') return (rate) => target.setLearningRate?.(rate);
  if (typeof target?.learningRate !== 'number') {
    throw new TypeError(
      `${owner}: optimizer must have setLearningRate or a numeric learningRate, got ${show(optimizer)}`,
    );
  }
  return (rate) => {
    target.learningRate = rate;
  };
}

/** What optimizers of `@optim` have: it reaches schedules and groups, and is saved. */
interface Scalable {
  readonly learningRate: number;
  scaleLearningRate?(factor: number): void;
}

/**
 * {@link reduceOnPlateau} as a callback of `model.fit` and `model.fitDataset`:
 * `model.fit(x, y, { validationSplit: 0.1, callbacks: reduceOnPlateauCallback(optimizer) })`.
 *
 * A reduction multiplies whatever rate is in force. For an optimizer of `@optim` that is the rate of every group, and of a
 * schedule from then on, and it is saved with the optimizer; the rate in force when the reports come in is what
 * `minLearningRate` and `epsilon` are compared with. Where that is 0, as that of a frozen backbone, a reduction is by `factor`, for
 * the groups that have rates of their own.
 *
 * @param optimizer - the optimizer the model was compiled with: any of `@optim` or `tf.train`
 * @throws TypeError, RangeError for an option outside its range, or an optimizer whose rate cannot be set; at
 * the end of an epoch, RangeError when its logs lack the metric.
 */
export function reduceOnPlateauCallback(
  optimizer: object,
  options: ReduceOnPlateauCallbackOptions = {},
): ReduceOnPlateauCallback {
  const setRate = rateSetter('reduceOnPlateauCallback', optimizer);
  if (!isRecord(options))
    throw new TypeError(`reduceOnPlateauCallback: options must be an object, got ${show(options)}`);
  const { monitor: given, ...rest } = options;
  const { monitor } = resolveOptions('reduceOnPlateauCallback', monitorTable, { monitor: given });
  const scalable = optimizer as Scalable;
  const plateau = plateauOf('reduceOnPlateauCallback', rest, scalable.learningRate);
  let startsWith = rest.learningRate;
  /** Reduces the rates that are in force. */
  const report = (metric: number): void => {
    const { learningRate: rate } = scalable;
    // A rate of 0 says nothing of those of groups: one so large that no limit is met stands for it.
    const compared = rate || Number.MAX_VALUE;
    plateau.setState({ ...plateau.getState(), rate: compared });
    const next = plateau.update(metric);
    if (next < compared) scalable.scaleLearningRate!(next / compared);
    if (compared !== rate) plateau.setState({ ...plateau.getState(), rate });
  };
  return {
    plateau,
    onTrainBegin(): void {
      if (!scalable.scaleLearningRate || startsWith !== undefined) setRate(plateau.learningRate);
      startsWith = undefined;
    },
    onEpochEnd(_epoch: number, logs?: Record<string, number>): void {
      const known = isRecord(logs) ? (logs as Record<string, number>) : {};
      const metric = known[monitor];
      if (metric === undefined) {
        const metrics = `one of the logged metrics (${Object.keys(known).join(', ').slice(0, 200) || 'none'})`;
        const hint = monitor.startsWith('val_') ? ' (val_ metrics need validation data)' : '';
        throw outOfRange('reduceOnPlateauCallback', 'monitor', metrics + hint, monitor);
      }
      if (scalable.scaleLearningRate) report(metric);
      else setRate(plateau.update(metric));
    },
  };
}

/**
 * A schedule for an optimizer that takes none, such as those of `tf.train`, as a callback of `model.fit` and
 * `model.fitDataset`: `model.fit(x, y, { callbacks: scheduleCallback(schedule, optimizer) })`.
 * The optimizers of `@optim` take a schedule as their `learningRate` and need no callback.
 *
 * Batches are counted on over several calls of `fit`; the number of an epoch is what `fit` says it is.
 *
 * @param schedule - the learning rate by step or epoch
 * @param optimizer - the optimizer the model was compiled with
 * @throws TypeError, RangeError for an option outside its range, or an optimizer whose rate cannot be set.
 */
export function scheduleCallback(
  schedule: Schedule,
  optimizer: object,
  options: ScheduleCallbackOptions = {},
): ScheduleCallback {
  const { per, initialStep } = resolveOptions('scheduleCallback', scheduleTable, { ...options, schedule });
  const setRate = rateSetter('scheduleCallback', optimizer);
  if (per === 'epoch') return { onEpochBegin: (epoch) => setRate(schedule(initialStep + epoch)) };
  let step = initialStep;
  return { onBatchBegin: () => setRate(schedule(step++)) };
}

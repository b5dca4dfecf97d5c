// SPDX-License-Identifier: Apache-2.0

import { custom, integer, isRecord, nullable, resolveOptions, type OptionTable } from '@optim/options';
import type * as tf from '@tensorflow/tfjs-core';
import type { Logs } from './training.js';

/** Where a bar is drawn: a terminal of Node. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  /** Whose rate is shown; default none. */
  optimizer?: tf.Optimizer | null;
  /** Number of epochs, of a loop of one's own; default what `fit` says. */
  epochs?: number | null;
  /** Batches of an epoch, of a loop of one's own; default what `fit` says (the first epoch of `fitDataset` may have to count). */
  steps?: number | null;
  /** Where it is drawn, if that is a terminal and not in CI; default the standard error of the process. */
  terminal?: Terminal | null;
}

/** What {@link progressBar} makes. */
export interface ProgressBar {
  onTrainBegin(): void;
  onEpochBegin(epoch: number): void;
  onBatchEnd(batch: number, logs?: Logs): void;
  onEpochEnd(epoch: number, logs?: Logs): void;
}

const aCount = /* #__PURE__ */ nullable(/* #__PURE__ */ integer('[1, ∞)'));
const anObject = (range: string): ReturnType<typeof custom> =>
  custom(range, (value) => value === null || typeof value === 'object', null);

const table: OptionTable<ProgressBarOptions> = {
  optimizer: /* #__PURE__ */ anObject('an optimizer'),
  epochs: aCount,
  steps: aCount,
  terminal: /* #__PURE__ */ anObject('a terminal with write(text)'),
};

/** The process of Node; a browser has none. */
interface Host {
  readonly process?: {
    readonly stderr?: Terminal;
    readonly env?: Readonly<Record<string, string | undefined>>;
  };
}

/** What TensorFlow.js tells the callback that it makes of ours. */
interface Params {
  readonly epochs?: number;
  readonly steps?: number | null;
  readonly samples?: number | null;
  readonly batchSize?: number | null;
  readonly verbose?: number;
}

/** Batches of an epoch. */
function stepsOf({ steps, samples, batchSize }: Params): number | null {
  return steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : null);
}

/** What the logs of a batch have besides metrics. */
const counts = ['batch', 'size'];

const written = (value: number): string => String(Number(value.toPrecision(4)));

/** A duration: `1:02:03`, `2:03`. */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** The line of an epoch: number, bar, metrics, rate, time left. */
function lineOf(
  {
    epoch,
    epochs,
    batch,
    steps,
  }: { epoch: number; epochs: number | null; batch: number; steps: number | null },
  numbers: Logs,
  seconds: number,
): string {
  const share = steps ? Math.min(1, batch / steps) : null;
  const width = 20;
  const full = Math.round((share ?? 0) * width);
  const bar = share === null ? '' : ` ${'█'.repeat(full)}${'░'.repeat(width - full)}`;
  const count = steps ? `${batch}/${steps}` : `${batch} batches`;
  const left =
    share === null || share === 0 || share === 1
      ? clock(seconds)
      : `ETA ${clock((seconds * (1 - share)) / share)}`;
  const metrics = Object.entries(numbers).map(([name, value]) => `${name} ${written(value)}`);
  return [`epoch ${epoch + 1}${epochs ? `/${epochs}` : ''}${bar} ${count}`, ...metrics, left].join('  ');
}

/**
 * A progress bar for Node, a line for each epoch: batches, loss and metrics, the rate of an optimizer, time left. A callback of `fit` and
 * `fitDataset`; a loop of one's own calls its methods. Nothing is drawn where the output is no terminal, where the
 * environment variable `CI` is set, and with `verbose: 0`. As every callback of batches it has the loss read after each.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example `model.fit(x, y, { callbacks: progressBar({ optimizer }) })`
 */
export function progressBar(options: ProgressBarOptions = {}): ProgressBar {
  const given = resolveOptions<ProgressBarOptions>('progressBar', table, options);
  const host = (globalThis as Host).process;
  // As it was given: what has been checked is a copy.
  const terminal = options.terminal ?? host?.stderr ?? null;
  const isQuiet = !terminal?.isTTY || Boolean(host?.env?.['CI']);
  const { optimizer } = options;
  let { epochs, steps } = given;
  let isSilent = isQuiet;
  let [began, drawn, batches] = [0, 0, 0];
  let epoch = 0;

  const draw = (logs: Logs, end: string): void => {
    const numbers = Object.fromEntries(Object.entries(logs).filter(([name]) => !counts.includes(name)));
    const rate = (optimizer as { learningRate?: number } | null | undefined)?.learningRate;
    const all = { ...numbers, ...(rate !== undefined && { rate }) };
    const line = lineOf({ epoch, epochs, batch: batches, steps }, all, (Date.now() - began) / 1000);
    terminal!.write(`\r\u001B[K${line.slice(0, (terminal!.columns ?? 80) - 1)}${end}`);
    drawn = Date.now();
  };
  return {
    onTrainBegin(this: { params?: Params } | undefined): void {
      // TensorFlow.js calls it as a method of a callback of its own, which knows these.
      const params = isRecord(this?.params) ? (this.params as Params) : {};
      isSilent = isQuiet || params.verbose === 0;
      epochs ??= params.epochs ?? null;
      steps ??= stepsOf(params);
    },
    onEpochBegin(at: number): void {
      epoch = at;
      began = Date.now();
      drawn = 0;
      batches = 0;
    },
    onBatchEnd(batch: number, logs: Logs = {}): void {
      batches = batch + 1;
      // A terminal takes time too.
      if (!isSilent && Date.now() - drawn >= 100) draw(logs, '');
    },
    onEpochEnd(_epoch: number, logs: Logs = {}): void {
      if (!isSilent) draw(logs, '\n');
      steps ??= batches;
    },
  };
}

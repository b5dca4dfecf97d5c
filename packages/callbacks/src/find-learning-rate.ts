// SPDX-License-Identifier: Apache-2.0
// The learning-rate range test. Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186

import { assertOptimizer } from '@optim/contract';
import { hold } from '@optim/evaluation';
import {
  custom,
  integer,
  isCallable,
  nullable,
  outOfRange,
  real,
  resolveOptions,
  show,
} from '@optim/options';
import type { OptionTable } from '@optim/options';
import { assignRate } from '@optim/state';
import * as tf from '@tensorflow/tfjs-core';
import { batchesOf, type Data, type Tensors } from './batches.js';
import { plotRates } from './plot-rates.js';
import { loadState, stateOf } from './snapshot.js';

/** A model that can be trained on a batch, as those of tfjs-layers. */
export interface TrainedOnBatches {
  readonly optimizer: tf.Optimizer;
  trainOnBatch(xs: never, ys: never): Promise<number | number[]>;
}

/** Options of {@link findLearningRate}: a model with data, or an optimizer with a loss. */
export interface FindLearningRateOptions {
  /** The optimizer whose rate is looked for; default that of the model. */
  optimizer?: tf.Optimizer | null;
  /** A model of tfjs-layers, compiled; default none. */
  model?: TrainedOnBatches | null;
  /** What it is trained on, with targets; from the beginning again when it ends; default none. */
  data?: Data | null;
  /** The loss of a step, in place of model and data; default none. */
  loss?: (() => tf.Scalar) | null;
  /** Rate of the first step; in (0, ∞), default 1e-7. */
  from?: number;
  /** Rate of the last step, above `from`; in (0, ∞), default 10. */
  to?: number;
  /** Number of steps; an integer in [2, ∞), default 100. */
  steps?: number;
  /** How much of the average of losses is kept from a step to the next; in [0, 1), default 0.8. */
  smoothing?: number;
  /** Ends when the smoothed loss is that many times the least; in (1, ∞], default 4. */
  stopAt?: number;
}

/** What {@link findLearningRate} finds. */
export interface FoundLearningRate {
  /** Rates of the steps, in geometric progression. */
  readonly rates: readonly number[];
  /** The loss before each step. */
  readonly losses: readonly number[];
  /**
   * The rate at which the smoothed loss falls most steeply, the first averages, smoothing/(1 − smoothing) of them, left out; `null`
   * where it never falls.
   */
  readonly suggestion: number | null;
  /** Losses over rates as the text of an SVG picture. */
  plot(): string;
}

const anObject = (range: string): ReturnType<typeof custom> =>
  nullable(custom(range, (value) => typeof value === 'object' || typeof value === 'function'));

const table: OptionTable<FindLearningRateOptions> = {
  optimizer: /* #__PURE__ */ anObject('an optimizer'),
  model: /* #__PURE__ */ anObject('a model'),
  data: /* #__PURE__ */ anObject('{ xs, ys }, an iterable of batches or a data set'),
  loss: /* #__PURE__ */ nullable(
    /* #__PURE__ */ custom('a function', (value) => typeof value === 'function'),
  ),
  from: /* #__PURE__ */ real('(0, ∞)', 1e-7),
  to: /* #__PURE__ */ real('(0, ∞)', 10),
  steps: /* #__PURE__ */ integer('[2, ∞)', 100),
  smoothing: /* #__PURE__ */ real('[0, 1)', 0.8),
  stopAt: /* #__PURE__ */ real('(1, ∞]', 4),
};

/** What is read and set of an optimizer, of ours or of TensorFlow.js. */
interface Rated {
  learningRate: number;
  scaleLearningRate?(factor: number): void;
  keepOptions?(): () => void;
}

/** What brings options back to what they are now, with the rate. */
function keptOptions(optimizer: tf.Optimizer): () => void {
  const rated = optimizer as unknown as Rated;
  if (rated.keepOptions) return rated.keepOptions();
  const { learningRate } = rated;
  return () => setRate(optimizer, learningRate);
}

/** Gives an optimizer a rate; groups with rates of their own keep the ratio, where there is one. */
function setRate(optimizer: tf.Optimizer, rate: number): void {
  const rated = optimizer as unknown as Rated;
  const { learningRate: before } = rated;
  if (rated.scaleLearningRate && before > 0) rated.scaleLearningRate(rate / before);
  else assignRate(optimizer, rate);
}

/** Losses one by one: each of the next step, which is made when it is asked for. */
async function* lossesOf(options: FindLearningRateOptions, optimizer: tf.Optimizer): AsyncGenerator<number> {
  const { model, data, loss } = options;
  if (loss) {
    for (;;) {
      const value = optimizer.minimize(loss, true)!;
      try {
        yield (await value.data())[0]!;
      } finally {
        value.dispose();
      }
    }
  }
  for (;;) {
    let any = false;
    for await (const { xs, ys } of batchesOf('findLearningRate', data!)) {
      if (ys === undefined) throw new TypeError('findLearningRate: data must have ys');
      any = true;
      yield await lossOn(model!, xs, ys);
    }
    if (!any) throw new RangeError('findLearningRate: data must have at least one batch, got none');
  }
}

async function lossOn(model: TrainedOnBatches, xs: Tensors, ys: Tensors): Promise<number> {
  const found: unknown = await model.trainOnBatch(xs as never, ys as never);
  const loss: unknown = Array.isArray(found) ? found[0] : found;
  if (typeof loss === 'number') return loss;
  throw new TypeError(`findLearningRate: trainOnBatch of model must give the loss, got ${show(found)}`);
}

/** Averages of losses, each of which counts less by a factor from step to step. */
function smoothed(losses: readonly number[], kept: number): number[] {
  let average = 0;
  return losses.map((loss, i) => {
    average = kept * average + (1 - kept) * loss;
    return average / (1 - kept ** (i + 1));
  });
}

/**
 * The rate of the steepest fall; rates are equally far apart in logarithms.
 *
 * @param few - how many of the losses are averages of so few that batches differ more than they fall
 */
function steepest(rates: readonly number[], losses: readonly number[], few: number): number | null {
  const slopes = losses.slice(2).map((loss, i) => (i < few ? 0 : loss - losses[i]!));
  const least = Math.min(...slopes);
  return least < 0 ? rates[slopes.indexOf(least) + 1]! : null;
}

/**
 * Looks for a learning rate: trains a few steps, each at a higher rate, and finds where the loss falls most steeply. Afterwards
 * everything is what it was, bit for bit: weights, statistics of batch normalization, state of the optimizer, step count,
 * options with their schedules. (Of an optimizer of `tf.train`, up to what its `setWeights` rounds.)
 *
 * @param options - `{ model, data }` or `{ optimizer, loss }`, and the range
 * @throws TypeError, RangeError for a wrong option; what the loss or the data throws; Error while
 * another search goes on. Everything is what it was then, too
 * @example `const { suggestion, plot } = await findLearningRate({ model, data: { xs, ys } })`
 * @see https://arxiv.org/abs/1506.01186
 */
export async function findLearningRate(options: FindLearningRateOptions): Promise<FoundLearningRate> {
  const owner = 'findLearningRate';
  const { from, to, steps, smoothing, stopAt } = resolveOptions<FindLearningRateOptions>(
    owner,
    table,
    options,
  );
  const { model, data, loss } = options;
  const optimizer = options.optimizer ?? model?.optimizer;
  if (!optimizer || (!loss && !(model && data)))
    throw new TypeError(
      `${owner}: must be given { model, data } or { optimizer, loss }, got ${show(options)}`,
    );
  assertOptimizer(owner, optimizer);
  if (!loss && !isCallable(model!.trainOnBatch))
    throw new TypeError(`${owner}: model must have trainOnBatch, got ${show(model)}`);
  if (to <= from) throw outOfRange(owner, 'to', `above from (${from})`, to);

  // It puts all variables back to what they were.
  if (isSearching) throw new Error(`${owner}: another search is going on; wait for it`);
  isSearching = true;
  try {
    return await searched(optimizer, options, { from, to, steps, smoothing, stopAt });
  } finally {
    isSearching = false;
  }
}

let isSearching = false;

type Range = Required<Pick<FindLearningRateOptions, 'from' | 'to' | 'steps' | 'smoothing' | 'stopAt'>>;

async function searched(
  optimizer: tf.Optimizer,
  options: FindLearningRateOptions,
  { from, to, steps, smoothing, stopAt }: Range,
): Promise<FoundLearningRate> {
  const variables = Object.values(tf.engine().registeredVariables);
  const before = variables.map(hold);
  const optionsBack = keptOptions(optimizer);
  const rates: number[] = [];
  const losses: number[] = [];
  try {
    const state = await stateOf(optimizer);
    const found = lossesOf(options, optimizer);
    try {
      let least = Infinity;
      for (let i = 0; i < steps; i++) {
        const rate = from * (to / from) ** (i / (steps - 1));
        setRate(optimizer, rate);
        const { value } = (await found.next()) as { value: number };
        rates.push(rate);
        losses.push(value);
        const average = smoothed(losses, smoothing).at(-1)!;
        if (!(average <= stopAt * least)) break;
        least = Math.min(least, average);
      }
    } finally {
      await found.return(undefined);
      await loadState(optimizer, state);
      optionsBack();
    }
  } finally {
    variables.forEach((variable, i) => {
      // Slots of before are no more; their numbers are in those that were loaded.
      const isThere = tf.engine().registeredVariables[variable.name] === variable;
      if (isThere && variable.dataId !== before[i]!.dataId) variable.assign(before[i]!);
    });
    tf.dispose(before);
  }
  const averages = smoothed(losses, smoothing);
  const few = Math.round(smoothing / (1 - smoothing));
  return {
    rates,
    losses,
    suggestion: steepest(rates, averages, few),
    plot: () => plotRates(rates, averages),
  };
}

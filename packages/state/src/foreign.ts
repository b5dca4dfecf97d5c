// SPDX-License-Identifier: Apache-2.0
// The weights of optimizers of TensorFlow.js itself as state.

import { showShape } from '@optim/fusion';
import { show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import type { Checked } from './checked.js';
import { checkForeignState } from './checks.js';
import { isRate } from './form.js';
import { held } from './held.js';
import type { ForeignState } from './state-dict.js';
import { readTensors, type NamedWeight, type ReadWeight } from './weights.js';

/** What an optimizer of TensorFlow.js keeps for one variable. */
interface Kept {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

type Rated = tf.Optimizer & { learningRate?: number };

/** Gives an optimizer a rate, whatever it is. */
export function assignRate(base: tf.Optimizer, rate: number): void {
  // `tf.train.sgd` and `momentum` keep a copy.
  if ('setLearningRate' in base) (base as tf.SGDOptimizer).setLearningRate(rate);
  else (base as Rated).learningRate = rate;
}

/** What it keeps for variables, list by list. */
function listsOf(base: tf.Optimizer): [field: string, list: readonly Kept[]][] {
  const fields = Object.entries(base as unknown as Record<string, unknown>);
  return fields.filter(
    (entry): entry is [string, Kept[]] =>
      Array.isArray(entry[1]) && entry[1].every((kept) => kept?.variable instanceof tf.Variable),
  );
}

/** The weights of an optimizer as they are now, although it lists them only later: tensors of their own, the caller's. */
export function captureForeign(base: tf.Optimizer): Promise<NamedWeight[]> {
  const lists = listsOf(base);
  const kept = lists.flatMap(([, list]) => list);
  const slots = new Map(kept.map(({ variable }) => [variable as tf.Tensor, held(variable)]));
  // Some look up their lists after an await: they are asked through one that has those of now.
  const now = isKnown(base)
    ? (Object.assign(
        Object.create(base),
        Object.fromEntries(lists.map(([field, list]) => [field, [...list]])),
      ) as tf.Optimizer)
    : base;
  // The step count is read before the first await, and made anew for every call.
  return now
    .getWeights()
    .then((weights) => weights.map(({ name, tensor }) => ({ name, tensor: slots.get(tensor) ?? tensor })))
    .catch((error: unknown) => {
      tf.dispose([...slots.values()]);
      throw error;
    });
}

/** The state of an optimizer as it is now, as plain data. */
export async function saveForeign(base: tf.Optimizer): Promise<ForeignState> {
  const owner = base.getClassName();
  const { learningRate: rate } = base as Rated;
  const named = await captureForeign(base);
  try {
    const state = foreignState(owner, await readTensors(owner, named));
    // What is no rate stays with whoever set it.
    return isRate(rate) ? { ...state, learningRate: rate } : state;
  } finally {
    tf.dispose(named.map(({ tensor }) => tensor));
  }
}

/** Weights that have been read as a state. */
export function foreignState(optimizer: string, weights: readonly ReadWeight[]): ForeignState {
  return {
    format: 1,
    optimizer,
    weights: weights.map(({ name, dtype, shape, data }) => ({
      name,
      dtype,
      tensor: {
        shape: [...shape],
        data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data),
      },
    })),
  };
}

/** What the names of the slots of a variable end with, in the order in which they are listed, and the field that keeps them. */
const slotFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SGD: {},
  Momentum: { momentum: 'accumulations' },
  Adagrad: { accumulator: 'accumulatedGrads' },
  Adadelta: { accum_grad: 'accumulatedGrads', accum_var: 'accumulatedUpdates' },
  RMSProp: { rms: 'accumulatedMeanSquares', momentum: 'accumulatedMoments' },
  Adam: { m: 'accumulatedFirstMoment', v: 'accumulatedSecondMoment' },
};

/** Those of an optimizer; `undefined` for a class that TensorFlow.js does not have. */
function fieldsOf(base: tf.Optimizer): Readonly<Record<string, string>> | undefined {
  const name = base.getClassName();
  const centered = name === 'RMSProp' && (base as unknown as { centered?: boolean }).centered === true;
  return centered ? { ...slotFields[name], mg: 'accumulatedMeanGrads' } : slotFields[name];
}

/** Whether it keeps what TensorFlow.js' own of its name keeps. */
function isKnown(base: tf.Optimizer): boolean {
  const fields = fieldsOf(base);
  return (
    fields !== undefined &&
    Object.values(fields).every((field) => Array.isArray((base as unknown as Record<string, unknown>)[field]))
  );
}

/**
 * Checks that a state is one of this optimizer, and gives back what makes it its own. An optimizer of a class that
 * TensorFlow.js does not have takes what it likes.
 *
 * @throws TypeError or RangeError when it has not the weights of such an optimizer, or others than this one has by now
 */
export function checkForeign(base: tf.Optimizer, state: unknown): Checked {
  const owner = base.getClassName();
  const { weights, learningRate } = checkForeignState(owner, state);
  assertLayout(base, weights);
  const commit = (): void | Promise<void> => {
    // Momentum frees the number it keeps of its rate nowhere: it gets a new one only for another rate.
    const isOther = learningRate !== undefined && learningRate !== (base as Rated).learningRate;
    if (isOther) assignRate(base, learningRate);
    return loadForeign(base, weights);
  };
  return { commit, drop: () => undefined };
}

function assertLayout(base: tf.Optimizer, [first, ...slots]: ForeignState['weights']): void {
  const owner = base.getClassName();
  const fail = (constraint: string, got: string | undefined): never => {
    throw new RangeError(`${owner}: weights must ${constraint}, got ${show(got)}`);
  };
  if (first?.name !== 'iter') fail('start with the scalar "iter"', first?.name);
  const fields = fieldsOf(base);
  if (!fields) return;
  const ends = Object.keys(fields);
  const count = ends.length === 0 ? 0 : slots.length / ends.length;
  const names = slots.map(({ name }) => name);
  if (!Number.isInteger(count) || (ends.length === 0 && slots.length > 0))
    fail(`be "iter" and ${ends.length} for each variable`, `${slots.length} besides`);
  const shown = (i: number): string => `${showShape(slots[i]!.tensor.shape)}`;
  slots.forEach(({ name, dtype }, i) => {
    const [of, end] = [i % count, ends[Math.floor(i / count)]!];
    const want = `${names[of]!.slice(0, -ends[0]!.length)}${end}`;
    if (!names[of]!.endsWith(`/${ends[0]}`)) fail(`have names that end with /${ends[0]}`, names[of]);
    if (name !== want) fail(`have "${want}" at place ${i + 1}`, name);
    if (dtype !== 'float32') fail(`be float32 but for "iter"`, `"${name}" as ${dtype}`);
    if (shown(i) !== shown(of)) fail(`have shape ${shown(of)} for "${name}"`, shown(i));
  });
  // TensorFlow.js finds variables by their places: what it keeps by now has to be of the same shapes.
  const kept = listsOf(base).flatMap(([, list]) => list.map(({ variable }) => variable));
  if (kept.length === 0 || slots.length === 0) return;
  const shapes = kept.map(({ shape }) => showShape(shape)).join(' ');
  const given = slots.map((_, i) => shown(i)).join(' ');
  if (shapes !== given) fail(`be of shapes ${shapes}, as those there are`, given);
}

/** Gives it weights, in place of those it has, which it would forget without freeing them. */
function loadForeign(base: tf.Optimizer, weights: ForeignState['weights']): void | Promise<void> {
  if (isKnown(base)) replaceForeign(base, weights);
  else return loadUnknown(base, weights);
}

const toTensor = ({ dtype, tensor: { shape, data } }: ForeignState['weights'][number]): tf.Tensor =>
  tf.tensor(data.slice(), [...shape], dtype as 'float32' | 'int32');

/** What `setWeights` of TensorFlow.js does, at once: a step while it waits would be one of neither state. */
function replaceForeign(base: tf.Optimizer, [iter, ...slots]: ForeignState['weights']): void {
  const fields = base as unknown as Record<string, unknown>;
  tf.dispose(listsOf(base).flatMap(([, list]) => list.map(({ variable }) => variable)));
  const steps = iter!.tensor.data[0]!;
  fields['iterations_'] = steps;
  const names = Object.values(fieldsOf(base)!);
  const count = slots.length / names.length;
  names.forEach((field, i) => {
    fields[field] = slots.slice(i * count, (i + 1) * count).map((slot): Kept => {
      const tensor = toTensor(slot);
      const variable = tf.variable(tensor, false);
      tensor.dispose();
      return { originalName: slot.name, variable };
    });
  });
  // Of Adam: its powers of β.
  for (const i of [1, 2]) {
    const power = fields[`accBeta${i}`];
    if (power instanceof tf.Variable)
      tf.tidy(() => power.assign(tf.pow(fields[`beta${i}`] as number, steps + 1)));
  }
}

async function loadUnknown(base: tf.Optimizer, weights: ForeignState['weights']): Promise<void> {
  const named = weights.map((weight) => ({ name: weight.name, tensor: toTensor(weight) }));
  const before = await base.getWeights();
  await base.setWeights(named);
  tf.dispose([...before, ...named].map(({ tensor }) => tensor));
}

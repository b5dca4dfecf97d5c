// SPDX-License-Identifier: Apache-2.0
// Models seen at the evaluation point of their optimizer.

import * as tf from '@tensorflow/tfjs-core';
import { hold } from '@optim/evaluation';
import { assertOptimizer } from '@optim/contract';
import { isCallable, show } from '@optim/options';
import { held } from '@optim/state';
import { assertModel, assertTraining, trainedOf, type Model, type Training } from './training.js';

/** The methods of an optimizer of `@optim` for its two points. */
export interface TwoPoints {
  readonly iterations: number;
  readonly atEvaluationPoint: boolean;
  useEvaluationWeights(variables?: readonly tf.Variable[]): void;
  useTrainingWeights(variables?: readonly tf.Variable[]): void;
}

function hasTwoPoints(optimizer: object): optimizer is TwoPoints {
  return 'useEvaluationWeights' in optimizer;
}

/**
 * Runs what looks at a model while its variables are at the evaluation point of the optimizer, and brings them back, to the
 * very bits they had; where several look at the same time, after the last of them. Where they are there already, or the optimizer has
 * one point only, it just runs.
 *
 * @param training - a model, or `{ variables, optimizer }`
 * @param look - may be asynchronous; steps in the meantime are refused by the optimizer
 * @returns what `look` gives
 * @throws TypeError for what is no training or no function
 */
export function atEvaluationPoint<T>(training: Training, look: () => T): T {
  assertTraining('atEvaluationPoint', training);
  if (!isCallable(look)) throw new TypeError(`atEvaluationPoint: look must be a function, got ${show(look)}`);
  return lookedAt(training, training.optimizer, look);
}

/** Who looks at the evaluation point of an optimizer now, and what brings the variables back after the last of them. */
interface Looks {
  count: number;
  readonly back: () => void;
}

const looks = new WeakMap<object, Looks>();

/** Brings variables to the evaluation point. */
function moved(optimizer: TwoPoints, variables: readonly tf.Variable[]): Looks {
  const { iterations } = optimizer;
  const before = variables.map(hold);
  const there = new Set<tf.Variable>();
  const back = (): void => {
    looks.delete(optimizer);
    try {
      if (optimizer.atEvaluationPoint) optimizer.useTrainingWeights(variables);
    } finally {
      // What moving to and fro has rounded, unless somebody else has brought them back and trained on.
      const isSame = optimizer.iterations === iterations;
      variables.forEach((variable, i) => {
        if (isSame && there.has(variable) && !variable.isDisposed) variable.assign(before[i]!);
      });
      tf.dispose(before);
    }
  };
  try {
    optimizer.useEvaluationWeights(variables);
  } catch (error) {
    back();
    throw error;
  }
  variables.forEach((variable, i) => {
    if (variable.dataId !== before[i]!.dataId) there.add(variable);
  });
  const made = { count: 0, back };
  looks.set(optimizer, made);
  return made;
}

function lookedAt<T>(training: Training, optimizer: object, look: () => T): T {
  if (!hasTwoPoints(optimizer)) return look();
  const own = optimizer.atEvaluationPoint ? looks.get(optimizer) : moved(optimizer, trainedOf(training));
  if (!own) return look();
  own.count += 1;
  const leave = (): void => {
    own.count -= 1;
    if (own.count === 0) own.back();
  };
  let result: T;
  try {
    result = look();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave) as T;
  leave();
  return result;
}

/** What looks at a model: of `fit`, `fitDataset`, `evaluate` and the user. */
const lookers = ['testLoop', 'evaluateDataset', 'predict', 'predictOnBatch'] as const;

/** The methods of a model that are replaced. */
type Methods = Record<(typeof lookers)[number] | 'save', (...args: unknown[]) => unknown>;

/** Models that are seen at the evaluation point, with what ends that. */
const averaged = new WeakMap<object, { readonly optimizer: object; readonly end: () => void }>();

/** The optimizer at whose evaluation point a model is seen; `undefined` for any other model. */
export function evaluatedBy(training: Training): object | undefined {
  return averaged.get(training)?.optimizer;
}

/**
 * Lets a model be seen at the evaluation point of its optimizer: the average of Schedule-Free and of averaging wrappers, the
 * slow weights of Lookahead. TensorFlow.js evaluates the validation data of `fit` where it trains, and so early stopping acts on
 * the wrong number. From now on `fit` and `fitDataset` (their validation), `evaluate`, `evaluateDataset`, `predict`,
 * `predictOnBatch` and `save` see the evaluation point; a step later the variables have the very bits they would have had.
 *
 * `save` with `includeOptimizer` keeps the training point, where training goes on. Statistics of batch normalization are
 * those of the training point, see {@link refreshBatchNorm}. An optimizer with one point changes nothing.
 *
 * @param model - of tfjs-layers
 * @param optimizer - which one it is; default that it is compiled with
 * @returns a function that ends it
 * @throws TypeError for what is no compiled model, or no optimizer
 * @example
 * ```ts
 * import { evaluateAveraged } from '@optim/callbacks';
 * import { ScheduleFreeAdamW } from '@optim/schedulefree';
 *
 * model.compile({ optimizer: new ScheduleFreeAdamW(), loss: 'meanSquaredError' });
 * evaluateAveraged(model); // val_loss of model.fit is now that of the average
 * ```
 */
export function evaluateAveraged(model: Model, optimizer: tf.Optimizer = model?.optimizer): () => void {
  assertModel('evaluateAveraged', model);
  assertOptimizer('evaluateAveraged', optimizer);
  const outer = model as Model & Methods & { readonly model?: Methods };
  // What a sequential model does, a model within it does.
  const inner: Methods = outer.model ?? outer;
  const missing =
    lookers.find((name) => !isCallable(inner[name])) ?? (isCallable(outer.save) ? null : 'save');
  if (missing) throw new TypeError(`evaluateAveraged: model must have ${missing}, got ${show(model)}`);
  averaged.get(model)?.end();
  for (const name of lookers) {
    const plain = inner[name];
    inner[name] = (...args) => lookedAt(model, optimizer, () => plain.apply(inner, args));
  }
  const { save } = outer;
  outer.save = (...args) => savedThere(model, optimizer, save, args);
  const end = (): void => {
    for (const name of lookers) Reflect.deleteProperty(inner, name);
    Reflect.deleteProperty(outer, 'save');
    averaged.delete(model);
  };
  averaged.set(model, { optimizer, end });
  return end;
}

/** Saves the weights of the evaluation point as they are now; steps may go on meanwhile. */
async function savedThere(
  model: Model,
  optimizer: object,
  save: (...args: unknown[]) => unknown,
  args: unknown[],
): Promise<unknown> {
  const config = args[1] as { includeOptimizer?: boolean } | undefined;
  if (config?.includeOptimizer) return save.apply(model, args);
  const saving = model as Model & {
    getNamedWeights?(config?: object): { name: string; tensor: tf.Tensor }[];
  };
  const named = lookedAt(model, optimizer, () =>
    saving.getNamedWeights!(config).map(({ name, tensor }) => ({ name, tensor: held(tensor) })),
  );
  try {
    let pending: unknown;
    try {
      saving.getNamedWeights = () => named;
      pending = save.apply(model, args);
    } finally {
      // It has asked for them before its first await.
      delete saving.getNamedWeights;
    }
    return await pending;
  } finally {
    tf.dispose(named.map(({ tensor }) => tensor));
  }
}

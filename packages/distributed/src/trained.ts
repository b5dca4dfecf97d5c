// SPDX-License-Identifier: Apache-2.0
// What is trained in rounds: variables under names that all workers have in common.

import { isArrayOf, isRecord, show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** A model of tfjs-layers, which is no dependency of this package, as far as it is looked at. */
export interface Model {
  readonly layers: readonly {
    readonly weights: readonly { readonly originalName: string; read(): tf.Tensor }[];
  }[];
}

/** Variables under the names that they have in messages, or variables under their own. */
export type Variables = readonly tf.Variable[] | Readonly<Record<string, tf.Variable>>;

/** What all workers must have alike: names, shapes, and their order. */
export interface Trained {
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly sizes: readonly number[];
  readonly variables: readonly tf.Variable[];
}

/** The variables of a model, also those that are not trained, such as statistics of batch normalization, or those given. */
function namedIn(model: Model | undefined, variables: Variables | undefined): [string, tf.Variable][] {
  if (model) {
    const weights = model.layers.flatMap((layer) => layer.weights);
    return [...new Map(weights.map((weight) => [weight.read() as tf.Variable, weight.originalName]))].map(
      ([variable, name]) => [name, variable],
    );
  }
  // Holes included.
  if (Array.isArray(variables))
    return Array.from(variables as (tf.Variable | null)[], (each, i) => [each?.name ?? `[${i}]`, each!]);
  return Object.entries(variables as Readonly<Record<string, tf.Variable>>);
}

/**
 * What is trained.
 *
 * @throws TypeError for neither or both of model and variables, for what is no variable or not float32; RangeError for none, and
 * for two of one name
 */
export function trainedOf(model: Model | undefined, variables: Variables | undefined): Trained {
  const isWeight = (each: unknown): boolean => {
    const { read, originalName } = (each ?? {}) as Partial<Model['layers'][number]['weights'][number]>;
    return typeof read === 'function' && typeof originalName === 'string';
  };
  const isOne = model
    ? isArrayOf(model.layers, (layer) =>
        isArrayOf((layer as Model['layers'][number] | null)?.weights, isWeight),
      )
    : Array.isArray(variables) || isRecord(variables);
  if (!isOne || (model && variables))
    throw new TypeError(
      `distributedRounds: must be given a model or variables, got ${show(model ? { model, variables } : variables)}`,
    );
  const named = namedIn(model, variables);
  const wrong = named.find(
    ([, each]) => !(each instanceof tf.Variable) || each.isDisposed !== false || each.dtype !== 'float32',
  );
  if (wrong)
    throw new TypeError(
      `distributedRounds: variables must be float32 variables, got ${wrong[1] instanceof tf.Variable ? wrong[1].dtype : show(wrong[1])} for ${show(wrong[0])}`,
    );
  const names = named.map(([name]) => name);
  if (names.length === 0 || new Set(names).size < names.length)
    throw new RangeError(
      `distributedRounds: variables must have names of their own, at least one, got ${show(names)}`,
    );
  const all = named.map(([, variable]) => variable);
  return {
    names,
    shapes: all.map(({ shape }) => shape),
    sizes: all.map(({ size }) => size),
    variables: all,
  };
}

function assertLive({ variables, names }: Trained): void {
  const gone = variables.findIndex(({ isDisposed }) => isDisposed);
  if (gone >= 0) throw new Error(`distributedRounds: variable ${show(names[gone])} was disposed`);
}

/**
 * The numbers of the variables as they are at the call, copied: a backend may answer with its own buffer, which later steps
 * write to.
 * @throws Error (as a rejection) where one was disposed
 */
export async function readNumbers(trained: Trained): Promise<Float32Array[]> {
  assertLive(trained);
  return Promise.all(trained.variables.map(async (variable) => new Float32Array(await variable.data())));
}

/**
 * Gives the variables these numbers, and goes on from there; where that fails they are as they were.
 * @throws Error where one was disposed
 */
export function writeNumbers(
  trained: Trained,
  numbers: readonly Float32Array[],
  then: () => void = () => undefined,
): void {
  assertLive(trained);
  const { variables, shapes } = trained;
  tf.tidy(() => {
    const before = variables.map((variable) => tf.clone(variable));
    try {
      variables.forEach((variable, i) => variable.assign(tf.tensor(numbers[i]!.slice(), [...shapes[i]!])));
      then();
    } catch (error) {
      variables.forEach((variable, i) => variable.assign(before[i]!));
      throw error;
    }
  });
}

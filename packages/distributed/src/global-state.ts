// SPDX-License-Identifier: Apache-2.0
// The global state as bytes: the weights that a round starts from, and the state of the outer optimizer.
//
// It has the form of the state of an optimizer around the outer one, so that what encodes and checks states does so for it too:
// weights are its parameters. Variables go by the names that all workers have in common.

import { sameShape } from '@optim/fusion';
import { show } from '@optim/options';
import { decodeState, encodeState, type ForeignState, type StateDict } from '@optim/state';
import type { Stateful } from './parameters-replaced.js';
import { writeNumbers, type Trained } from './trained.js';
import { areFinite } from './wire.js';

/** The name that stands where an optimizer has its class. */
const kind = 'DistributedRounds';

/** A state whose parameters have other names, in the order of `order`. */
function renamed<T extends StateDict | ForeignState>(
  state: T,
  names: ReadonlyMap<string, string>,
  order: readonly string[],
): T {
  if ('weights' in state) return state;
  const { base, others, parameters } = state;
  const place = new Map(order.map((name, i) => [name, i]));
  return {
    ...state,
    parameters: parameters
      .map((parameter) => ({ ...parameter, name: names.get(parameter.name) ?? parameter.name }))
      .sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0)),
    ...(base && { base: renamed(base, names, order) }),
    ...(others && { others: others.map((other) => renamed(other, names, order)) }),
  };
}

/** The global state that a round starts from. */
export async function encodeGlobal(
  round: number,
  trained: Trained,
  weights: readonly Float32Array[],
  outer: Stateful,
): Promise<Uint8Array> {
  const { names, shapes, variables } = trained;
  const common = new Map(variables.map((variable, i) => [variable.name, names[i]!]));
  return encodeState({
    format: 1,
    optimizer: kind,
    step: round,
    hyperparameters: {},
    globals: {},
    parameters: names.map((name, i) => ({
      name,
      shape: shapes[i]!,
      dtype: 'float32',
      updates: 0,
      slots: { value: { shape: shapes[i]!, data: weights[i]! } },
    })),
    base: renamed(await outer.stateDict(), common, names),
  });
}

/**
 * Takes over a global state; all of it is checked first.
 *
 * @returns the weights
 * @throws TypeError or RangeError for what is none, or that of other variables or another outer optimizer; nothing has changed then
 */
export async function loadGlobal(
  bytes: Uint8Array,
  round: number,
  trained: Trained,
  outer: Stateful,
): Promise<Float32Array[]> {
  const { names, shapes, variables } = trained;
  const { optimizer, step, parameters, base } = decodeState(bytes);
  const values = parameters.map(({ slots }) => slots['value']);
  const fits =
    optimizer === kind &&
    step === round &&
    parameters.length === names.length &&
    parameters.every(({ name }, i) => name === names[i]) &&
    values.every((value, i) => value && sameShape(value.shape, shapes[i]!)) &&
    values.every((value) => areFinite(value!.data));
  if (!fits || !base || 'weights' in base)
    throw new RangeError(
      `distributedRounds: the global state must be of round ${round} and of finite numbers for ${show(names)}, in the shapes of the variables given`,
    );
  const own = new Map(variables.map((variable, i) => [names[i]!, variable.name]));
  await outer.loadStateDict(
    renamed(
      base,
      own,
      variables.map(({ name }) => name),
    ),
  );
  const weights = values.map((value) => value!.data);
  writeNumbers(trained, weights);
  return weights;
}

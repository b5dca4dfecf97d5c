// SPDX-License-Identifier: Apache-2.0
// A state as the list of named tensors that `model.save` writes beside the model's own weights.

import { show } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import type { HeldState } from './held.js';
import type { SavedParameter, SavedState, SavedTensor } from './state-dict.js';

// Model and optimizer share one map from name to tensor on loading; no layer has a `#` in the names of its weights.
const mark = '#';
const updatesName = `${mark}${mark}updates`;

/** A weight of an optimizer, as `model.save` writes it. */
export interface NamedWeight {
  name: string;
  tensor: tf.Tensor;
}

/**
 * The step count, the updates of each parameter where they differ from it, globals, and slots grouped by kind (all m,
 * then all v). The tensors are the caller's.
 */
export function writeWeights(step: number, { parameters, waiting, globals }: HeldState): NamedWeight[] {
  const weights: NamedWeight[] = [{ name: 'iter', tensor: tf.keep(tf.scalar(step, 'int32')) }];
  const all = [
    ...parameters.map(({ name, slots, updates }) => ({ name, updates, slots: Object.fromEntries(slots) })),
    ...waiting.map(({ name, slots, updates }) => ({
      name,
      updates,
      slots: Object.fromEntries(
        Object.entries(slots).map(([slot, { shape, data }]) => [
          slot,
          tf.keep(tf.tensor(data.slice(), [...shape])),
        ]),
      ),
    })),
  ].filter(({ slots }) => Object.keys(slots).length > 0);
  const slotNames = [...new Set(all.flatMap(({ slots }) => Object.keys(slots)))];
  if (all.some(({ updates }) => updates !== step)) {
    // In the order in which a reader goes through the parameters.
    const listed = new Set(slotNames.flatMap((slot) => all.filter(({ slots }) => slots[slot])));
    weights.push({
      name: updatesName,
      tensor: tf.keep(
        tf.tensor1d(
          [...listed].map(({ updates }) => updates),
          'int32',
        ),
      ),
    });
  }
  for (const [name, tensor] of globals) weights.push({ name: `${mark}${name}`, tensor });
  for (const slot of slotNames) {
    for (const { name, slots } of all) {
      const tensor = slots[slot];
      if (tensor) weights.push({ name: `${name}${mark}${slot}`, tensor });
    }
  }
  return weights;
}

/** A weight whose numbers have been read. */
export interface ReadWeight {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * The numbers of weights, as they are at the moment of the call.
 * @throws TypeError (as a rejection) for what is no list of names and tensors
 */
export async function readTensors(owner: string, weights: unknown): Promise<ReadWeight[]> {
  if (!Array.isArray(weights))
    throw new TypeError(`${owner}: weights must be an array of { name, tensor }, got ${show(weights)}`);
  const taken = Array.from(weights as readonly (NamedWeight | null)[], (weight, i) => {
    if (typeof weight?.name !== 'string' || !(weight.tensor instanceof tf.Tensor))
      throw new TypeError(`${owner}: weights[${i}] must have a name and a tensor, got ${show(weight)}`);
    return { name: weight.name, tensor: weight.tensor, data: weight.tensor.data() };
  });
  return Promise.all(
    taken.map(async ({ name, tensor: { dtype, shape }, data }) => ({
      name,
      dtype,
      shape,
      // Counts may be larger than float32 holds exactly.
      data: dtype === 'float32' ? Float32Array.from(await data) : Array.from(await data),
    })),
  );
}

/**
 * The inverse of {@link writeWeights}.
 * @throws TypeError or RangeError for a list that {@link writeWeights} would not write
 */
export function stateOfWeights(owner: string, [first, ...rest]: readonly ReadWeight[]): SavedState {
  if (first?.name !== 'iter' || first.data.length !== 1)
    throw new TypeError(`${owner}: weights must start with the scalar "iter", got ${show(first?.name)}`);
  const step = whole(owner, 'iter', first);
  let updates: number[] | undefined;
  const globals: Record<string, number> = {};
  const byName = new Map<string, Record<string, SavedTensor>>();
  const seen = new Set<string>();
  for (const weight of rest) {
    const { name, shape, data, dtype } = weight;
    if (seen.has(name)) throw new RangeError(`${owner}: weight "${name}" is listed twice`);
    seen.add(name);
    const at = name.lastIndexOf(mark);
    if (at < 0) throw new RangeError(`${owner}: "${name}" is not a weight of this optimizer`);
    if (name === updatesName) {
      updates = Array.from(data, (_, i) => whole(owner, name, weight, i));
      continue;
    }
    if (dtype !== 'float32')
      throw new TypeError(`${owner}: weight "${name}" must be float32, got ${show(dtype)}`);
    if (at > 0) {
      const parameter = name.slice(0, at);
      const slot = { shape: [...shape], data: Float32Array.from(data) };
      byName.set(parameter, { ...byName.get(parameter), [name.slice(at + 1)]: slot });
    } else if (data.length === 1 && !Number.isNaN(data[0])) globals[name.slice(1)] = data[0]!;
    else throw new RangeError(`${owner}: weight "${name}" must be one number, got ${show(Array.from(data))}`);
  }
  if (updates && updates.length !== byName.size) {
    const constraint = `as many numbers as there are parameters (${byName.size})`;
    throw new RangeError(`${owner}: weight "${updatesName}" must hold ${constraint}, got ${updates.length}`);
  }
  const parameters = [...byName].map(([name, slots], i): SavedParameter => ({
    name,
    dtype: 'float32',
    updates: updates?.[i] ?? step,
    slots,
  }));
  return { step, parameters, globals };
}

/** A count, as `writeWeights` writes it. */
function whole(owner: string, name: string, { dtype, data }: ReadWeight, at = 0): number {
  const value = data[at];
  if (dtype !== 'string' && Number.isInteger(value) && value! >= 0 && value! < 2 ** 31) return value!;
  throw new RangeError(`${owner}: weight "${name}" must be a whole number in [0, 2^31), got ${show(value)}`);
}

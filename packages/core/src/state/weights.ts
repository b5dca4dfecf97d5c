// SPDX-License-Identifier: Apache-2.0
// The state of an optimizer as the list of named tensors that `model.save` writes beside the model's own weights.

import * as tf from '@tensorflow/tfjs-core';
import { show } from '@optim/options';
import { assertSlots, sameNames, type SavedParameter, type SavedTensor } from '@optim/state';
import type { Parameters } from './parameters.js';
import { saveTensor } from './saving.js';

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
 * then all v). `made` lists the tensors that exist only for this list.
 */
export function writeWeights(step: number, state: Parameters): { made: tf.Tensor[]; weights: NamedWeight[] } {
  const made: tf.Tensor[] = [];
  const make = (tensor: tf.Tensor): tf.Tensor => {
    made.push(tf.keep(tensor));
    return tensor;
  };
  const weights: NamedWeight[] = [{ name: 'iter', tensor: make(tf.scalar(step, 'int32')) }];
  const all = [
    ...state.ordered().map(({ variable, slots, updates }) => ({ name: variable.name, slots, updates })),
    ...state.waiting.map(({ name, slots, updates }) => ({ name, slots, updates })),
  ].filter(({ slots }) => Object.keys(slots).length > 0);
  const slotNames = [...new Set(all.flatMap(({ slots }) => Object.keys(slots)))];
  if (all.some(({ updates }) => updates !== step)) {
    // In the order in which a reader goes through the parameters.
    const listed = new Set(slotNames.flatMap((slot) => all.filter(({ slots }) => slots[slot])));
    weights.push({
      name: updatesName,
      tensor: make(
        tf.tensor1d(
          [...listed].map(({ updates }) => updates),
          'int32',
        ),
      ),
    });
  }
  for (const [name, tensor] of state.globals) weights.push({ name: `${mark}${name}`, tensor });
  for (const slot of slotNames) {
    for (const { name, slots } of all) {
      const value = slots[slot];
      if (!value) continue;
      const tensor =
        value instanceof tf.Tensor ? value : make(tf.tensor(value.data.slice(), [...value.shape]));
      weights.push({ name: `${name}${mark}${slot}`, tensor });
    }
  }
  return { made, weights };
}

/**
 * The inverse of {@link writeWeights}.
 * @throws TypeError when the list does not start with the step count; RangeError for names that are not this optimizer's
 */
export async function readWeights(
  owner: string,
  weights: readonly NamedWeight[],
  slots: readonly string[],
  globals: readonly string[],
): Promise<{ step: number; parameters: SavedParameter[]; globals: Record<string, number> }> {
  const [first, ...rest] = weights;
  if (first?.name !== 'iter' || first.tensor.size !== 1) {
    throw new TypeError(`${owner}: weights must start with the scalar "iter", got ${show(first?.name)}`);
  }
  const step = (await first.tensor.data())[0]!;
  let updates: ArrayLike<number> | undefined;
  const found: Record<string, number> = {};
  const byName = new Map<string, Record<string, SavedTensor>>();
  for (const { name, tensor } of rest) {
    const at = name.lastIndexOf(mark);
    if (name === updatesName) updates = await tensor.data();
    else if (at === 0) found[name.slice(1)] = (await tensor.data())[0]!;
    else if (at < 0) throw new RangeError(`${owner}: "${name}" is not a weight of this optimizer`);
    else {
      const parameter = name.slice(0, at);
      byName.set(parameter, { ...byName.get(parameter), [name.slice(at + 1)]: await saveTensor(tensor) });
    }
  }
  const names = Object.keys(found);
  if (names.length > 0 && !sameNames(names, globals)) {
    throw new RangeError(`${owner}: globals must be [${globals.join(', ')}], got [${names.join(', ')}]`);
  }
  const parameters = [...byName].map(([name, kept], i): SavedParameter => {
    assertSlots(owner, name, Object.keys(kept), slots);
    return { name, dtype: 'float32', updates: updates?.[i] ?? step, slots: kept };
  });
  return { step, parameters, globals: found };
}

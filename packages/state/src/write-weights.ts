// SPDX-License-Identifier: Apache-2.0
// State as a list of weights.

import * as tf from '@tensorflow/tfjs-core';
import type { HeldState } from './held.js';
import { mark, updatesName, type NamedWeight } from './weights.js';

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

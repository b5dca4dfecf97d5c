// SPDX-License-Identifier: Apache-2.0
// Other points than the one at which gradients are taken.

import type { Entry } from '@optim/contract';
import type { Engine } from '@optim/core/authoring';
import { hold } from '@optim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Lets the base of a wrapper step from the values of a slot. All parameters are brought there, since it may step along gradients
 * that it has gathered; what has not stepped goes back to where it was, and all of it when anything throws.
 *
 * @param step - of the base; whether it has made one
 * @param after - is given the variables that have stepped, each with where it was as `before`
 * @returns what `step` gives
 */
export function stepFrom(
  { state }: Engine,
  slot: string,
  step: () => boolean,
  after: (moved: readonly Entry[]) => void,
): boolean {
  const points = state.ordered().map((parameter) => ({ ...parameter, before: hold(parameter.variable) }));
  try {
    for (const { variable, slots } of points) variable.assign(slots[slot]!);
    const stepped = step();
    const moved: Entry[] = [];
    for (const { variable, slots, before } of points) {
      if (stepped && variable.dataId !== slots[slot]!.dataId) moved.push({ variable, given: { before } });
      else variable.assign(before);
    }
    if (moved.length > 0) after(moved);
    return stepped;
  } catch (error) {
    for (const { variable, before } of points) variable.assign(before);
    throw error;
  } finally {
    tf.dispose(points.map(({ before }) => before));
  }
}

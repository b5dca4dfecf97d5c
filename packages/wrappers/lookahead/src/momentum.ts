// SPDX-License-Identifier: Apache-2.0
// The running averages of gradients that a base keeps.

import { Optimizer, type Momentum } from '@optim/core/authoring';
import { Wrapper } from '@optim/wrapper';
import type * as tf from '@tensorflow/tfjs-core';

/** First moments in the optimizers of TensorFlow.js, by class name: private fields, so looked up with care. */
const momentumFields: Readonly<Record<string, string>> = {
  Momentum: 'accumulations',
  Adam: 'accumulatedFirstMoment',
  Adamax: 'accumulatedFirstMoment',
  RMSProp: 'accumulatedMoments',
};

/** The first moments, matched by position with `order`, the variables of the last step; `null` when there are none. */
function foreignMomentum(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
  const field = momentumFields[base.getClassName()];
  const moments = (): unknown => field && (base as unknown as Record<string, unknown>)[field];
  if (!field || !Array.isArray(moments())) return null;
  return (order) => {
    const kept = moments() as readonly { variable: tf.Variable }[];
    return {
      names: [field],
      slots: order.flatMap((variable, i) => (kept[i] ? [[variable, [kept[i].variable]]] : [])),
    };
  };
}

/**
 * How to get at the running averages of gradients that an optimizer keeps: those its rule declares as `momentum`, or
 * the first moments of a TensorFlow.js optimizer, which match `order`, the variables of its last step, by position.
 * `null` when it keeps none.
 */
export function momentumOf(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
  if (base instanceof Wrapper) return momentumInside(base);
  if (base instanceof Optimizer) return base.momentum() && (() => base.momentum()!);
  return foreignMomentum(base);
}

/** Of all that is inside a wrapper; `null` when any of it keeps none. */
function momentumInside(wrapper: Wrapper<object>): ReturnType<typeof momentumOf> {
  const inside = [wrapper.base, ...wrapper.others];
  const kept = inside.map(momentumOf).filter((momentum) => momentum !== null);
  if (kept.length < inside.length) return null;
  return (order) => {
    const all = kept.map((momentum, i) =>
      momentum(order.filter((variable) => wrapper.optimizerOf(variable) === inside[i])),
    );
    const names = [...new Set(all.flatMap((momentum) => momentum.names))];
    const slots = all.flatMap((momentum) =>
      momentum.slots.map(
        ([variable, of]) => [variable, names.map((name) => of[momentum.names.indexOf(name)])] as const,
      ),
    );
    return { names, slots };
  };
}

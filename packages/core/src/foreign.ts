// SPDX-License-Identifier: Apache-2.0
// The momentum of optimizers of TensorFlow.js itself.

import type * as tf from '@tensorflow/tfjs-core';
import type { Momentum } from './state/parameters.js';

/** First moments in the optimizers of TensorFlow.js, by class name: private fields, so looked up with care. */
const momentumFields: Readonly<Record<string, string>> = {
  Momentum: 'accumulations',
  Adam: 'accumulatedFirstMoment',
  Adamax: 'accumulatedFirstMoment',
  RMSProp: 'accumulatedMoments',
};

/** The first moments, matched by position with `order`, the variables of the last step; `null` when there are none. */
export function foreignMomentum(base: tf.Optimizer): ((order: readonly tf.Variable[]) => Momentum) | null {
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

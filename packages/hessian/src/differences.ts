// SPDX-License-Identifier: Apache-2.0
// Products with a Hessian by difference quotients of gradients, for losses that cannot be differentiated twice.

import { record, repeat } from '@optim/evaluation';
import * as tf from '@tensorflow/tfjs-core';
import {
  byName,
  gradientOf,
  namesOf,
  partsOf,
  readsBack,
  sumOf,
  type ByName,
  type Curvature,
} from './gradient.js';
import { recording, unrecorded } from './tape.js';

/** √Σ‖t‖² over all tensors. */
function norm(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(sumOf(tensors.map((tensor) => tf.sum(tf.square(tensor)))));
}

/**
 * `curvature` by central differences, in float32 to 3 or 4 digits.
 *
 * @param left - receives what the evaluations after the first kept; where it is missing, that is disposed
 * @throws RangeError if the loss is not the same when it is evaluated again; on webgpu, where nothing can be read
 * back in time, its products are NaN
 */
export function differences<T extends tf.TensorContainer>(
  caller: string,
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
  use: (at: Curvature) => T,
  left?: tf.Tensor[],
): T {
  const evaluate = (): { value: tf.Scalar; grads: tf.Tensor[]; reached: string[] } =>
    recording(() => {
      const { value, grads } = gradientOf(caller, f, variables);
      return unrecorded(() => ({
        value: tf.clone(value),
        grads: variables.map((variable, i) => grads[i] ?? tf.zerosLike(variable)),
        reached: namesOf(variables, grads),
      }));
    });

  return tf.tidy(() => {
    const { result: here, draws } = record(evaluate);
    const replay = <R>(again: () => R): R => {
      const kept: tf.Tensor[] = [];
      try {
        return repeat(again, draws, left ?? kept);
      } finally {
        tf.dispose(kept);
      }
    };
    const again = replay(() => tf.tidy(() => tf.clone(f())));
    if (readsBack() && here.value.dataSync()[0] !== again.dataSync()[0]) {
      throw new RangeError(
        `${caller}: difference quotients need a loss that is the same when it is evaluated again,` +
          ` got ${here.value.dataSync()[0]} and ${again.dataSync()[0]}`,
      );
    }
    const same = tf.equal(here.value, again);

    const product = (vectors: ByName): ByName =>
      tf.tidy(() => {
        const parts = partsOf(caller, vectors, variables);
        const step = tf.div(tf.mul(tf.add(norm(variables), 1), 1e-4), tf.maximum(norm(parts), 1e-30));
        const gradientAt = (sign: number): tf.Tensor[] => {
          const before = variables.map((variable) => tf.variable(variable, false));
          try {
            variables.forEach((variable, i) =>
              variable.assign(tf.add(before[i]!, tf.mul(parts[i]!, tf.mul(step, sign)))),
            );
            return replay(evaluate).grads;
          } finally {
            variables.forEach((variable, i) => variable.assign(before[i]!));
            tf.dispose(before);
          }
        };
        const [after, before] = [gradientAt(1), gradientAt(-1)];
        return byName(variables, (_, i) =>
          tf.where(same, tf.div(tf.sub(after[i]!, before[i]!), tf.mul(step, 2)), NaN),
        );
      });

    return use({
      value: here.value,
      grads: byName(variables, (_, i) => here.grads[i]!),
      reached: here.reached,
      product,
    });
  });
}

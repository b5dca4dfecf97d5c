// SPDX-License-Identifier: Apache-2.0
// The first gradient of a loss, on a tape that can be differentiated again.

import { show, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';
import { checkVariables, isTensor } from './checks.js';

/** Tensors by the names of variables. */
export type ByName = Record<string, tf.Tensor>;

/** A loss and its gradient; where a variable does not influence the loss, null. */
export interface Gradient {
  readonly value: tf.Scalar;
  readonly grads: readonly (tf.Tensor | null)[];
}

/** @throws Error or TypeError naming `caller` if the variables or the loss are no good. */
export function gradientOf(caller: string, f: () => tf.Scalar, variables: readonly tf.Variable[]): Gradient {
  checkVariables(caller, variables);
  const loss = (): tf.Scalar => {
    const y: unknown = f();
    if (!isTensor(y) || y.rank !== 0) {
      const got = isTensor(y) ? `a tensor of shape [${y.shape.join(', ')}]` : typeof y;
      throw new TypeError(`${caller}: f must return a scalar tensor, the loss, got ${got}`);
    }
    return y as tf.Scalar;
  };
  const { value, grads } = tf.engine().gradients(loss, [...variables], undefined, true);
  return { value, grads: grads.map((grad) => grad ?? null) };
}

/** Names of the variables that have a gradient. */
export function namesOf(variables: readonly tf.Variable[], grads: readonly (tf.Tensor | null)[]): string[] {
  return variables.flatMap(({ name }, i) => (grads[i] ? [name] : []));
}

/** One tensor per variable, by name. */
export function byName(
  variables: readonly tf.Variable[],
  of: (variable: tf.Variable, i: number) => tf.Tensor,
): ByName {
  return Object.fromEntries(variables.map((variable, i) => [variable.name, of(variable, i)]));
}

/**
 * The vector's parts in the order of the variables.
 *
 * @throws RangeError naming `caller` if there is one for another variable, none for one of these, or one of another shape or type.
 */
export function partsOf(caller: string, vectors: ByName, variables: readonly tf.Variable[]): tf.Tensor[] {
  if (typeof vectors !== 'object' || vectors === null)
    throw wrongType(caller, 'vectors', 'tensors by the names of variables', vectors);
  const known = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(vectors).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `${caller}: vectors must have a tensor for each variable and no others, got one for ${unknown.join(', ').slice(0, 200)}`,
    );
  }
  return variables.map(({ name, shape }) => {
    const part = vectors[name];
    if (part && !isTensor(part))
      throw new TypeError(`${caller}: vectors must have a tensor for ${name}, got ${show(part)}`);
    if (!part || !tf.util.arraysEqual(part.shape, shape) || part.dtype !== 'float32') {
      throw new RangeError(
        `${caller}: vectors must have a float32 tensor of shape [${shape.join(', ')}] for ${name},` +
          ` got ${part ? `${part.dtype} [${part.shape.join(', ')}]` : 'none'}`,
      );
    }
    return part;
  });
}

/** The sum of scalars. Not `tf.addN`, which is silently wrong with eight or more tensors on the webgpu backend. */
export function sumOf(scalars: readonly tf.Tensor[]): tf.Tensor {
  return tf.sum(tf.stack([...scalars]));
}

/** Whether a tensor can be read within a synchronous function; on webgpu it cannot, but by way of a canvas. */
export function readsBack(): boolean {
  return tf.getBackend() !== 'webgpu';
}

/** A loss at a point: value, gradient, and products with the Hessian there. */
export interface Curvature {
  readonly value: tf.Scalar;
  /** By the variables' names; zeros where the loss does not depend on one. */
  readonly grads: ByName;
  /** Names of the variables that the loss depends on. */
  readonly reached: readonly string[];
  /**
   * H·v. Further products cost two gradients each, and no evaluation of the loss.
   *
   * @param vectors - v, one tensor per variable, by name
   * @returns H·v, by name
   * @throws RangeError if a part of v is missing, unknown, or of another shape
   */
  product(vectors: ByName): ByName;
}

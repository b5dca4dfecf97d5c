// SPDX-License-Identifier: Apache-2.0
// Gradients as they are given to a step, and the checks they pass.

import { sameShape, showShape } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import type { Entry } from './step/engine.js';

/** Gradients by variable name, or as a list; entries without a tensor are passed over. */
export type NamedGradients =
  | tf.NamedTensorMap
  | readonly { name: string; tensor: tf.Tensor | null | undefined }[];

/**
 * Variables with their gradients.
 *
 * @throws RangeError for an unknown or disposed variable, two gradients of one, or a gradient of another shape; TypeError
 * for a gradient or variable that is not float32
 */
export function entriesOf(owner: string, gradients: NamedGradients): Entry[] {
  const list = Array.isArray(gradients)
    ? (gradients as { name: string; tensor?: tf.Tensor | null }[])
    : Object.entries(gradients as tf.NamedTensorMap).map(([name, tensor]) => ({ name, tensor }));
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const { name, tensor } of list) {
    if (tensor == null) continue;
    if (seen.has(name))
      throw new RangeError(`${owner}: variable "${name}" has two gradients; add them up first`);
    seen.add(name);
    entries.push(entryOf(owner, name, tensor));
  }
  return entries;
}

/** A variable with its gradient. */
function entryOf(owner: string, name: string, grad: tf.Tensor): Entry {
  const variable = tf.engine().registeredVariables[name];
  if (!variable)
    throw new RangeError(`${owner}: no variable is named "${name}"; it was disposed or never made`);
  if (variable.dtype !== 'float32') {
    throw new TypeError(`${owner}: variable "${name}" must be float32 to be trained, got ${variable.dtype}`);
  }
  if (grad.dtype !== 'float32') {
    throw new TypeError(`${owner}: gradient of "${name}" must be float32, got ${grad.dtype}`);
  }
  if (!sameShape(grad.shape, variable.shape)) {
    throw new RangeError(
      `${owner}: gradient of "${name}" must have shape ${showShape(variable.shape)}, got ${showShape(grad.shape)}`,
    );
  }
  if (grad.isDisposed) throw new RangeError(`${owner}: gradient of "${name}" was disposed before the step`);
  return { variable, given: { grad } };
}

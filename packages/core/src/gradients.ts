// SPDX-License-Identifier: Apache-2.0
// Gradients as they are given to a step, and the checks they pass.

import { sameShape, showShape } from '@optim/fusion';
import { isRecord, show } from '@optim/options';
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
 * for what is no list or map of gradients, and for a gradient or variable that is not float32
 */
export function entriesOf(owner: string, gradients: NamedGradients): Entry[] {
  const list = listOf(owner, gradients);
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

const form = 'a map from variable name to gradient, or a list of { name, tensor }';

/** Gradients as a list, whatever form they came in. */
function listOf(
  owner: string,
  gradients: unknown,
): readonly { name: string; tensor: tf.Tensor | null | undefined }[] {
  if (Array.isArray(gradients)) {
    return Array.from(gradients as unknown[], (entry, i) => {
      const { name, tensor } = (entry ?? {}) as { name?: unknown; tensor?: unknown };
      if (typeof name === 'string' && !(entry instanceof tf.Tensor))
        return { name, tensor: tensorOf(owner, name, tensor) };
      throw new TypeError(`${owner}: gradients must be ${form}, got ${show(entry)} at place ${i}`);
    });
  }
  if (!isRecord(gradients))
    throw new TypeError(`${owner}: gradients must be ${form}, got ${show(gradients)}`);
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor: tensorOf(owner, name, tensor) }));
}

function tensorOf(owner: string, name: string, tensor: unknown): tf.Tensor | null | undefined {
  if (tensor == null || tensor instanceof tf.Tensor) return tensor as tf.Tensor | null | undefined;
  throw new TypeError(`${owner}: gradient of "${name}" must be a tensor, got ${show(tensor)}`);
}

/**
 * Refuses what is no value of a loss; none at all is for the optimizer to refuse.
 *
 * @throws TypeError for what is no float32 tensor, RangeError for one of more than a number, or disposed
 */
export function assertLoss(owner: string, loss: unknown): void {
  if (loss === undefined) return;
  if (!(loss instanceof tf.Tensor) || loss.dtype !== 'float32')
    throw new TypeError(
      `${owner}: the loss must be a float32 scalar, got ${loss instanceof tf.Tensor ? loss.dtype : show(loss)}`,
    );
  if (loss.size !== 1 || loss.isDisposed)
    throw new RangeError(
      `${owner}: the loss must be a float32 scalar, got ${loss.isDisposed ? 'a disposed tensor' : showShape(loss.shape)}`,
    );
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

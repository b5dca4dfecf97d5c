// SPDX-License-Identifier: Apache-2.0
// Gradients as they are given to a step, and the checks they pass.

import { sameShape, showShape } from '@optim/fusion';
import { isArrayOf, isCallable, isRecord, show, wrongType } from '@optim/options';
import * as tf from '@tensorflow/tfjs-core';

/** A variable and what a step is given for it: its gradient as `grad`, and whatever else the rule reads. */
export interface Entry {
  readonly variable: tf.Variable;
  readonly given: Readonly<Record<string, tf.Tensor>>;
}

/** Gradients by variable name, or as a list; entries without a tensor are passed over. */
export type NamedGradients =
  | tf.NamedTensorMap
  | readonly { name: string; tensor: tf.Tensor | null | undefined }[];

/** Names of the variables that gradients are given for, those without a tensor too, in the order in which they are given. */
export function namesOf(gradients: NamedGradients): string[] {
  return Array.isArray(gradients) ? gradients.map(({ name }) => name as string) : Object.keys(gradients);
}

/**
 * Variables with their gradients.
 *
 * @throws RangeError for an unknown or disposed variable, two gradients of one, or a gradient of another shape; TypeError
 * for what is no list or map of gradients, and for a gradient or variable that is not float32
 */
export function entriesOf(owner: string, gradients: NamedGradients): Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const add = (name: string, tensor: unknown): void => {
    if (tensor == null) return;
    if (seen.has(name))
      throw new RangeError(`${owner}: variable ${show(name)} has two gradients; add them up first`);
    seen.add(name);
    entries.push(entryOf(owner, name, tensor));
  };
  if (Array.isArray(gradients)) {
    for (let i = 0; i < gradients.length; i++) {
      const entry = gradients[i] as { name?: unknown; tensor?: unknown } | null | undefined;
      // A variable has a name too.
      if (typeof entry?.name !== 'string' || (entry.tensor == null && entry instanceof tf.Tensor))
        throw new TypeError(`${owner}: gradients must be ${form}, got ${show(entry)} at place ${i}`);
      add(entry.name, entry.tensor);
    }
  } else if (isRecord(gradients)) {
    for (const [name, tensor] of Object.entries(gradients)) add(name, tensor);
  } else {
    throw wrongType(owner, 'gradients', form, gradients);
  }
  return entries;
}

const form = 'a map from variable name to gradient, or a list of { name, tensor }';

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

/**
 * A loss that refuses what it gives when that is no tensor, before TensorFlow.js looks into it.
 *
 * @throws TypeError for what is no function
 */
export function lossOf(owner: string, f: unknown): () => tf.Scalar {
  if (!isCallable(f)) throw wrongType(owner, 'the loss', 'a function that gives a float32 scalar', f);
  return () => {
    const value: unknown = f();
    if (value instanceof tf.Tensor && value.isDisposed === false) return value as tf.Scalar;
    throw wrongType(owner, 'the loss', 'a float32 scalar', value);
  };
}

/**
 * Refuses what is no list of variables; none at all stands for all of them.
 *
 * @throws TypeError
 */
export function assertVariables(owner: string, variables: unknown): void {
  if (variables == null || isArrayOf(variables, (each) => each instanceof tf.Variable)) return;
  throw wrongType(owner, 'varList', 'an array of variables', variables);
}

/** A variable with its gradient. */
function entryOf(owner: string, name: string, grad: unknown): Entry {
  if (!(grad instanceof tf.Tensor)) throw wrongType(owner, `gradient of ${show(name)}`, 'a tensor', grad);
  const variable = tf.engine().registeredVariables[name];
  // Objects inherit a toString.
  if (!variable?.dataId)
    throw new RangeError(`${owner}: no variable is named ${show(name)}; it was disposed or never made`);
  if (variable.dtype !== 'float32') {
    throw new TypeError(
      `${owner}: variable ${show(name)} must be float32 to be trained, got ${variable.dtype}`,
    );
  }
  if (grad.dtype !== 'float32') {
    throw new TypeError(`${owner}: gradient of ${show(name)} must be float32, got ${grad.dtype}`);
  }
  if (!sameShape(grad.shape, variable.shape)) {
    throw new RangeError(
      `${owner}: gradient of ${show(name)} must have shape ${showShape(variable.shape)}, got ${showShape(grad.shape)}`,
    );
  }
  if (grad.isDisposed)
    throw new RangeError(`${owner}: gradient of ${show(name)} was disposed before the step`);
  return { variable, given: { grad } };
}

// SPDX-License-Identifier: Apache-2.0
// What programs hold of operations on whole tensors: an element of the result depends on more than the elements at its
// place, and TensorFlow.js computes it between the phases of elementwise operations and reductions.

import type * as tf from '@tensorflow/tfjs-core';
import type { Shape } from './shape.js';

/** A function of tensors with one or more results. */
export interface TensorFunction<A extends object> {
  /** Names it in errors and reports. */
  readonly name: string;
  /** Whether operands are numbers known on the host; else they are tensors. */
  readonly takesNumbers?: boolean;
  /** Shapes of the results; or, where the operands do not fit, what must hold. */
  shapes(operands: readonly Shape[], attributes: A): readonly Shape[] | string;
  /**
   * Computes the results by TensorFlow.js: float32 tensors of these shapes, depending on nothing but operands and
   * attributes. It may not read tensors back.
   */
  run(operands: readonly tf.Tensor[], attributes: A): tf.Tensor[];
}

/** A tensor function as nodes refer to it. */
export interface TensorOperation extends TensorFunction<object> {
  /** A number of its own. */
  readonly id: number;
}

/** One result of a tensor operation that is applied to the arguments of a node. */
export interface Call {
  readonly operation: TensorOperation;
  readonly attributes: object;
  /** Which of the results it is. */
  readonly result: number;
  /** Text that is equal for equal operations with equal attributes. */
  readonly key: string;
}

/** Makes a call; attributes are plain data. */
export function call(operation: TensorOperation, attributes: object, result = 0): Call {
  const text = JSON.stringify(attributes, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `#${Object.is(value, -0) ? '-0' : value}`
      : value,
  );
  return { operation, attributes, result, key: `${operation.id}${text}` };
}

/** Text that is equal for calls of equal results. */
export const resultKey = (made: Call | undefined): string => (made ? `${made.key}#${made.result}` : '');

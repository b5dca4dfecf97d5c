// SPDX-License-Identifier: Apache-2.0
// Functions of whole tensors that the language has no row for.

import { tensorResults, type Expression, type Operand } from './expression.js';
import type { TensorFunction } from './tensor-operations.js';

let count = 0;

/**
 * Makes a function of tensors usable in rules:
 *
 * ```ts
 * const qr = defineTensorFunction({
 *   name: 'qr',
 *   shapes: ([x]) => (x.length === 2 ? [[x[0], Math.min(...x)], [Math.min(...x), x[1]]] : 'x must be a matrix'),
 *   run: ([x]) => tf.linalg.qr(x),
 * });
 * const [q, r] = qr([x]);
 * ```
 *
 * In a program, equal calls (of the same function, with the same operands and attributes) run once. Attributes are plain
 * data, as JSON has it.
 *
 * @throws TypeError naming rule, function and shapes: when used with operands that do not fit; when run, naming the
 * function, for results that are not what was declared
 */
export function defineTensorFunction<A extends object = Record<never, never>>(
  definition: TensorFunction<A>,
): (operands: readonly Operand[], attributes?: A) => Expression[] {
  const id = count++;
  const call = definition as unknown as TensorFunction<object>;
  return (operands, given) => tensorResults('call', operands, { call, id, given: given ?? {} });
}

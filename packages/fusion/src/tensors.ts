// SPDX-License-Identifier: Apache-2.0
// Operations on whole tensors that are no methods of one: random numbers, and functions that the language has no row for.

import { tensorResults, type Expression, type Operand } from './expression.js';
import type { Distribution } from './random.js';
import type { Shape } from './shape.js';
import type { TensorFunction } from './tensor-operations.js';

/**
 * Random numbers, the same on every backend: each is a function of its place and of three whole numbers known on the host,
 * so that another step is another run of the same kernel. Equal keys give equal numbers.
 *
 * The host draws them, in about 10 ns a number (`rademacher`: 1), and they are copied to the backend.
 *
 * @param distribution - `uniform`: in [0, 1), multiples of 2⁻²⁴; `rademacher`: −1 or 1; `normal`: of mean 0, variance 1
 * `stream`, 0 unless given, separates draws for different purposes in one step.
 *
 * @throws RangeError when run with a key that is not whole numbers
 */
export function random(
  distribution: Distribution,
  shape: Shape,
  { seed, step, stream = 0 }: { seed: Operand; step: Operand; stream?: Operand },
): Expression {
  return tensorResults('random', [seed, step, stream], { distribution, shape })[0]!;
}

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

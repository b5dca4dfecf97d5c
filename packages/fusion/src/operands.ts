// SPDX-License-Identifier: Apache-2.0
// Checks operands against the rows of the three tables, and gives what a node of theirs is made of.

import { operations, type OperationName, type ReductionName } from './language.js';
import { broadcast, showShape } from './shape.js';
import { call, type TensorOperation } from './tensor-operations.js';
import { misuse, showOperand, Value, type Parts } from './value.js';

/** Refuses what is no expression. */
function valueOf(op: string, operand: unknown, i: number, shapes: string): Value {
  if (operand instanceof Value) return operand;
  const got = showOperand(operand);
  throw misuse(`${op}: operand ${i + 1} must be an expression or a number, got ${got} (shapes ${shapes})`);
}

/** An elementwise operation. */
export function elementwise(op: OperationName, ...operands: readonly unknown[]): Parts {
  const { operands: kinds, result } = operations[op];
  const shapes = operands.map(showOperand).join(' and ');
  const args = operands.map((operand, i) => valueOf(op, operand, i, shapes));
  args.forEach((arg, i) => {
    if (arg.kind !== kinds[i]) {
      throw misuse(`${op}: operand ${i + 1} must be a ${kinds[i]}, got a ${arg.kind} (shapes ${shapes})`);
    }
  });
  const shape = broadcast(args.map((arg) => arg.shape));
  if (!shape) throw misuse(`${op}: shapes ${shapes} do not broadcast`);
  return [op, args, shape, result];
}

/**
 * A reduction; the operand itself where there is nothing to reduce, and no phase to be spent.
 *
 * @param guard - another reduction of the same phase: an executor may give 0 where that is at most `smallGuard`
 */
export function reduction(
  op: ReductionName,
  x: Value,
  axes?: readonly number[],
  guard: readonly Value[] = [],
): Parts | null {
  if (x.kind !== 'number')
    throw misuse(`${op}: operand must be a number, got a ${x.kind} (shape ${showShape(x.shape)})`);
  if (axes === undefined)
    return !x.host && x.rank === 0 ? null : [op, [x, ...guard], [], 'number', { axes: null }];
  if (!Array.isArray(axes))
    throw misuse(`${op}: axes must be an array, got ${String(axes)} (shape ${showShape(x.shape)})`);
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.rank);
  if (wrong !== undefined) throw misuse(`${op}: axis ${wrong} is not an axis of shape ${showShape(x.shape)}`);
  if (!x.host && axes.every((axis) => x.shape[axis] === 1)) return null;
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return [op, [x, ...guard], shape, 'number', { axes: [...new Set(axes)].sort((a, b) => a - b) }];
}

/** The results of an operation on whole tensors. */
export function tensorOperation(
  operation: TensorOperation,
  operands: readonly unknown[],
  attributes: object,
): readonly Parts[] {
  const { name, takesNumbers } = operation;
  const shapes = operands.map(showOperand).join(' and ');
  const fail = (message: string): never => {
    throw misuse(`${name}: ${message}${shapes && ` (shape${operands.length > 1 ? 's' : ''} ${shapes})`}`);
  };
  const args = operands.map((operand, i) => {
    const x = valueOf(name, operand, i, shapes);
    const which = operands.length > 1 ? `operand ${i + 1}` : 'operand';
    if (x.kind !== 'number') return fail(`${which} must be a number, got a ${x.kind}`);
    return x.host || !takesNumbers ? x : fail(`${which} must be a number known on the host`);
  });
  const results = operation.shapes(
    args.map(({ shape }) => shape),
    attributes,
  );
  if (typeof results === 'string') return fail(results);
  return results.map((shape, i) => ['call', args, shape, 'number', { call: call(operation, attributes, i) }]);
}

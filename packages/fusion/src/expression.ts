// SPDX-License-Identifier: Apache-2.0

import type { OperationName, ReductionName } from './language.js';
import { elementwise, reduction, tensorOperation } from './operands.js';
import { broadcast, sameShape, showShape, type Shape } from './shape.js';
import type { TensorOperation } from './tensor-operations.js';
import { misuse, Value } from './value.js';

/** An operand: an expression, or a plain number that becomes a constant. */
export type Operand = Expression | number;

/**
 * A symbolic tensor or scalar. Methods build a graph; nothing is computed until an executor runs it.
 *
 * Elementwise operands broadcast as in TensorFlow: aligned at the last axis, length 1 stretches. An expression made
 * only of host scalars and numbers stays on the host and is computed there in float64, once per step.
 */
export class Expression extends Value {
  declare readonly args: readonly Expression[];

  /** x + y */
  add(y: Operand): Expression {
    return apply('add', this, y);
  }
  /** x − y */
  sub(y: Operand): Expression {
    return apply('sub', this, y);
  }
  /** x · y */
  mul(y: Operand): Expression {
    return apply('mul', this, y);
  }
  /** x / y; by a host number a product with 1/y, which takes a fraction of the time. */
  div(y: Operand): Expression {
    if (this.host) return apply('div', this, y);
    if (typeof y === 'number') return this.mul(1 / y);
    return y instanceof Expression && y.host ? this.mul(apply('div', 1, y)) : apply('div', this, y);
  }
  /** The smaller of x and y; NaN if one is. */
  minimum(y: Operand): Expression {
    return apply('minimum', this, y);
  }
  /** The larger of x and y; NaN if one is. */
  maximum(y: Operand): Expression {
    return apply('maximum', this, y);
  }
  /** x limited to [low, high]. */
  clip(low: Operand, high: Operand): Expression {
    return this.maximum(low).minimum(high);
  }
  /** −x */
  neg(): Expression {
    return apply('neg', this);
  }
  /** 1 − x */
  complement(): Expression {
    return this.neg().add(1);
  }
  /** |x| */
  abs(): Expression {
    return apply('abs', this);
  }
  /** x² */
  square(): Expression {
    return this.mul(this);
  }
  /** √x */
  sqrt(): Expression {
    return apply('sqrt', this);
  }
  /** −1, 0 or 1, and NaN for NaN: a step along it is seen to be broken. */
  sign(): Expression {
    return where(this.greater(0), 1, where(this.less(0), -1, this));
  }
  /** x < y */
  less(y: Operand): Expression {
    return apply('less', this, y);
  }
  /** x ≤ y */
  lessEqual(y: Operand): Expression {
    return apply('lessEqual', this, y);
  }
  /** x > y */
  greater(y: Operand): Expression {
    return apply('less', y, this);
  }
  /** x ≥ y */
  greaterEqual(y: Operand): Expression {
    return apply('lessEqual', y, this);
  }
  /** x = y; false if one is NaN. */
  equal(y: Operand): Expression {
    return apply('equal', this, y);
  }
  /** Whether x is neither NaN nor infinite. */
  isFinite(): Expression {
    return this.abs().less(Infinity);
  }
  /** Both conditions. */
  and(y: Expression): Expression {
    return apply('and', this, y);
  }
  /** At least one of the conditions. */
  or(y: Expression): Expression {
    return this.not().and(apply('not', y)).not();
  }
  /** The opposite condition. */
  not(): Expression {
    return apply('not', this);
  }

  /** Sum over all elements (a scalar), or over `axes`, which keep length 1. */
  sum(axes?: readonly number[]): Expression {
    return reduce('sum', this, axes);
  }
  /** Largest element, over all or over `axes`, which keep length 1. */
  max(axes?: readonly number[]): Expression {
    return reduce('max', this, axes);
  }
  /** Smallest element, over all or over `axes`, which keep length 1. */
  min(axes?: readonly number[]): Expression {
    return reduce('min', this, axes);
  }
  /** Mean over all elements, or over `axes`, which keep length 1. */
  mean(axes?: readonly number[]): Expression {
    const total = this.sum(axes);
    return total.div(this.size / Math.max(1, total.size));
  }
  /** Euclidean norm over all elements, or over `axes`, which keep length 1; right also where its square is more than float32 holds. */
  norm(axes?: readonly number[]): Expression {
    return lengthOf(squareSums(this, axes));
  }

  /** The same values stretched to `shape`. */
  broadcastTo(shape: Shape): Expression {
    if (sameShape(shape, this.shape)) return this;
    const common = broadcast([this.shape, shape]);
    if (!common || !sameShape(common, shape)) {
      throw misuse(`broadcastTo: ${showShape(this.shape)} does not stretch to ${showShape(shape)}`);
    }
    return new Expression('broadcast', [this], shape, this.kind);
  }
}

/** An elementwise operation on operands. */
export function apply(op: OperationName, ...operands: readonly Operand[]): Expression {
  return new Expression(...elementwise(op, ...operands.map(expressed)));
}

function reduce(
  op: ReductionName,
  x: Expression,
  axes?: readonly number[],
  ...guard: readonly Expression[]
): Expression {
  const parts = reduction(op, x, axes, guard);
  return parts ? new Expression(...parts) : x;
}

/** The results of a tensor operation. Host operands are made tensors for it, but where it takes numbers. */
export function tensorResults(
  operation: TensorOperation,
  operands: readonly Operand[],
  attributes: object,
): Expression[] {
  const asTensor = (x: Expression): Expression =>
    x instanceof Expression && x.host && !operation.takesNumbers
      ? new Expression('broadcast', [x], x.shape, x.kind)
      : x;
  const args = operands.map(expressed).map(asTensor);
  return tensorOperation(operation, args, attributes).map((parts) => new Expression(...parts));
}

/** A number becomes a constant. */
function expressed(operand: Operand): Expression {
  return typeof operand === 'number' ? constant(operand) : operand;
}

/** Makes squares of numbers that float32 holds, and sums of thousands of millions of them, such numbers. */
const shrinking = 2 ** -80;

/**
 * Two sums of squares, of x and of x·2⁻⁸⁰, from which {@link lengthOf} makes ‖x‖: the first is infinite from ‖x‖ = 1.8e19 on.
 * Sums of them over several tensors give the norm of all. Where the first is small, the second may be left out, and is 0.
 */
export function squareSums(
  x: Expression,
  axes?: readonly number[],
): { squares: Expression; shrunkSquares: Expression } {
  const squares = x.square().sum(axes);
  return { squares, shrunkSquares: reduce('sum', x.mul(shrinking).square(), axes, squares) };
}

/** The norm that {@link squareSums} belong to. */
export function lengthOf({
  squares,
  shrunkSquares,
}: {
  readonly squares: Expression;
  readonly shrunkSquares: Expression;
}): Expression {
  return where(squares.less(Infinity), squares.sqrt(), shrunkSquares.sqrt().div(shrinking));
}

/** `condition ? x : y`, element by element; a NaN in the branch not taken does not matter. */
export function where(condition: Expression, x: Operand, y: Operand): Expression {
  return apply('where', condition, x, y);
}

/** A number known while tracing. */
export function constant(value: number): Expression {
  return new Expression('constant', [], [], 'number', { value });
}

/** A named host number, given anew for every run. */
export function scalar(name: string): Expression {
  return new Expression('scalar', [], [], 'number', { name });
}

/** A named tensor. */
export function input(name: string, shape: Shape): Expression {
  return new Expression('input', [], shape, 'number', { name });
}

// SPDX-License-Identifier: Apache-2.0

import { operations, type Kind, type OperationName, type ReductionName } from './language.js';
import { broadcast, sameShape, showShape, sizeOf, type Shape } from './shape.js';

/** Where a node of the graph comes from: a primitive, or one of its leaves and reshapings. */
export type NodeName =
  | OperationName
  | ReductionName
  | 'every'
  | 'input'
  | 'scalar'
  | 'constant'
  | 'broadcast';

/** An operand: an expression, or a plain number that becomes a constant. */
export type Operand = Expression | number;

let tracing = 'expression';

/** Runs `body` with errors of misuse naming `rule`. */
export function whileTracing<T>(rule: string, body: () => T): T {
  const outer = tracing;
  tracing = rule;
  try {
    return body();
  } finally {
    tracing = outer;
  }
}

function misuse(message: string): TypeError {
  return new TypeError(`${tracing}: ${message}`);
}

interface Leaf {
  readonly name?: string;
  readonly value?: number;
  readonly axes?: readonly number[] | null;
  readonly step?: number;
}

/**
 * A symbolic tensor or scalar. Methods build a graph; nothing is computed until an executor runs it.
 *
 * Elementwise operands broadcast as in TensorFlow: aligned at the last axis, length 1 stretches. An expression made
 * only of host scalars and numbers stays on the host and is computed there in float64, once per step.
 */
export class Expression {
  /** @internal */
  constructor(
    readonly op: NodeName,
    readonly args: readonly Expression[],
    readonly shape: Shape,
    readonly kind: Kind = 'number',
    readonly leaf: Leaf = {},
  ) {
    this.host =
      op === 'scalar' ||
      op === 'constant' ||
      (args.length > 0 && args.every((arg) => arg.host) && op in operations);
  }

  /** Whether the value is known on the host before a step runs. */
  readonly host: boolean;

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** x + y */
  add(y: Operand): Expression {
    return elementwise('add', this, y);
  }
  /** x − y */
  sub(y: Operand): Expression {
    return elementwise('sub', this, y);
  }
  /** x · y */
  mul(y: Operand): Expression {
    return elementwise('mul', this, y);
  }
  /** x / y; by a host number a product with 1/y, which takes a fraction of the time. */
  div(y: Operand): Expression {
    if (this.host) return elementwise('div', this, y);
    if (typeof y === 'number') return this.mul(1 / y);
    return y instanceof Expression && y.host
      ? this.mul(elementwise('div', 1, y))
      : elementwise('div', this, y);
  }
  /** xʸ; NaN for negative x and a fractional y. */
  pow(y: Operand): Expression {
    return elementwise('pow', this, y);
  }
  /** The smaller of x and y; NaN if one is. */
  minimum(y: Operand): Expression {
    return elementwise('minimum', this, y);
  }
  /** The larger of x and y; NaN if one is. */
  maximum(y: Operand): Expression {
    return elementwise('maximum', this, y);
  }
  /** x limited to [low, high]. */
  clip(low: Operand, high: Operand): Expression {
    return this.maximum(low).minimum(high);
  }
  /** −x */
  neg(): Expression {
    return elementwise('neg', this);
  }
  /** |x| */
  abs(): Expression {
    return elementwise('abs', this);
  }
  /** x² */
  square(): Expression {
    return this.mul(this);
  }
  /** √x */
  sqrt(): Expression {
    return elementwise('sqrt', this);
  }
  /** eˣ */
  exp(): Expression {
    return elementwise('exp', this);
  }
  /** Natural logarithm. */
  log(): Expression {
    return elementwise('log', this);
  }
  /** −1, 0 or 1; 0 for NaN. */
  sign(): Expression {
    return where(this.greater(0), 1, where(this.less(0), -1, 0));
  }
  /** x < y */
  less(y: Operand): Expression {
    return elementwise('less', this, y);
  }
  /** x ≤ y */
  lessEqual(y: Operand): Expression {
    return elementwise('lessEqual', this, y);
  }
  /** x > y */
  greater(y: Operand): Expression {
    return elementwise('less', y, this);
  }
  /** x ≥ y */
  greaterEqual(y: Operand): Expression {
    return elementwise('lessEqual', y, this);
  }
  /** x = y; false if one is NaN. */
  equal(y: Operand): Expression {
    return elementwise('equal', this, y);
  }
  /** Whether x is neither NaN nor infinite. */
  isFinite(): Expression {
    return this.abs().less(Infinity);
  }
  /** Both conditions. */
  and(y: Expression): Expression {
    return elementwise('and', this, y);
  }
  /** At least one of the conditions. */
  or(y: Expression): Expression {
    return this.not().and(elementwise('not', y)).not();
  }
  /** The opposite condition. */
  not(): Expression {
    return elementwise('not', this);
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
  /** Euclidean norm over all elements, or over `axes`, which keep length 1. */
  norm(axes?: readonly number[]): Expression {
    return this.square().sum(axes).sqrt();
  }

  /** Elements 0, k, 2k, … in row-major order, as a tensor of rank 1. */
  every(k: number): Expression {
    if (this.kind !== 'number')
      throw misuse(`every: operand must be a number, got a ${this.kind} (shape ${showShape(this.shape)})`);
    if (!Number.isInteger(k) || k < 1)
      throw misuse(
        `every: k must be an integer in [1, ∞), got ${String(k)} (shape ${showShape(this.shape)})`,
      );
    return new Expression('every', [this], [Math.ceil(this.size / k)], 'number', { step: k });
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

  /** Refuses JavaScript arithmetic, which would silently give NaN. */
  valueOf(): never {
    throw misuse(
      `an expression of shape ${showShape(this.shape)} has no value yet; write a.add(b), not a + b`,
    );
  }
}

/** An operand as messages show it: a shape, or what was given in place of an expression. */
function showOperand(operand: unknown): string {
  if (operand instanceof Expression) return showShape(operand.shape);
  if (typeof operand === 'number') return showShape([]);
  return operand == null ? String(operand) : `${typeof operand === 'object' ? 'an' : 'a'} ${typeof operand}`;
}

function elementwise(op: OperationName, ...operands: Operand[]): Expression {
  const { operands: kinds, result } = operations[op];
  const shapes = operands.map(showOperand).join(' and ');
  const args = operands.map((operand: unknown, i) => {
    if (operand instanceof Expression) return operand;
    if (typeof operand === 'number') return constant(operand);
    const got = showOperand(operand);
    throw misuse(`${op}: operand ${i + 1} must be an expression or a number, got ${got} (shapes ${shapes})`);
  });
  args.forEach((arg, i) => {
    if (arg.kind !== kinds[i]) {
      throw misuse(`${op}: operand ${i + 1} must be a ${kinds[i]}, got a ${arg.kind} (shapes ${shapes})`);
    }
  });
  const shape = broadcast(args.map((arg) => arg.shape));
  if (!shape) throw misuse(`${op}: shapes ${shapes} do not broadcast`);
  return new Expression(op, args, shape, result);
}

function reduce(op: ReductionName, x: Expression, axes?: readonly number[]): Expression {
  if (x.kind !== 'number')
    throw misuse(`${op}: operand must be a number, got a ${x.kind} (shape ${showShape(x.shape)})`);
  // Over one element there is nothing to do, and no phase to be spent.
  if (axes === undefined) {
    return !x.host && x.rank === 0 ? x : new Expression(op, [x], [], 'number', { axes: null });
  }
  if (!Array.isArray(axes))
    throw misuse(`${op}: axes must be an array, got ${String(axes)} (shape ${showShape(x.shape)})`);
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= x.rank);
  if (wrong !== undefined) throw misuse(`${op}: axis ${wrong} is not an axis of shape ${showShape(x.shape)}`);
  if (!x.host && axes.every((axis) => x.shape[axis] === 1)) return x;
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return new Expression(op, [x], shape, 'number', { axes: [...new Set(axes)].sort((a, b) => a - b) });
}

/** `condition ? x : y`, element by element; a NaN in the branch not taken does not matter. */
export function where(condition: Expression, x: Operand, y: Operand): Expression {
  return elementwise('where', condition, x, y);
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

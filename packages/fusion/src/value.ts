// SPDX-License-Identifier: Apache-2.0
// The nodes of an expression, and errors of misuse that name the rule being traced.

import { operations, type Kind, type OperationName, type ReductionName } from './language.js';
import { showShape, sizeOf, type Shape } from './shape.js';
import type { Call } from './tensor-operations.js';

/** Where a node of the graph comes from: a row of one of the tables, a tensor operation, or one of the leaves and stretchings. */
export type NodeName = OperationName | ReductionName | 'call' | 'input' | 'scalar' | 'constant' | 'broadcast';

/** What a node is besides operation and operands. */
export interface Detail {
  /** Of an input or a scalar. */
  readonly name?: string;
  /** Of a constant. */
  readonly value?: number;
  /** Of a reduction; `null` means over all elements, to a scalar. */
  readonly axes?: readonly number[] | null;
  /** Of a tensor operation. */
  readonly call?: Call;
}

/** What a node is made of. */
export type Parts = readonly [
  op: NodeName,
  args: readonly Value[],
  shape: Shape,
  kind?: Kind,
  detail?: Detail,
];

/** A node: an operation and its operands, with the shape and kind of the result. */
export class Value {
  /** @internal */
  constructor(
    readonly op: NodeName,
    readonly args: readonly Value[],
    readonly shape: Shape,
    readonly kind: Kind = 'number',
    readonly detail: Detail = {},
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

  /** Refuses JavaScript arithmetic, which would silently give NaN. */
  valueOf(): never {
    throw misuse(
      `an expression of shape ${showShape(this.shape)} has no value yet; write a.add(b), not a + b`,
    );
  }
}

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

/** An error that names the rule being traced. */
export function misuse(message: string): TypeError {
  return new TypeError(`${tracing}: ${message}`);
}

/** An operand as messages show it: a shape, or what was given in place of an expression. */
export function showOperand(operand: unknown): string {
  if (operand instanceof Value) return showShape(operand.shape);
  if (typeof operand === 'number') return showShape([]);
  return operand == null ? String(operand) : `${typeof operand === 'object' ? 'an' : 'a'} ${typeof operand}`;
}

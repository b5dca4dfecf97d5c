// SPDX-License-Identifier: Apache-2.0
// Collects the nodes of a program: every distinct value once.

import { phaseOf, type Node } from './program.js';
import type { Shape } from './shape.js';
import { resultKey, type Call, type TensorOperation } from './tensor-operations.js';
import type { Value } from './value.js';

/** An operation; one whose result is the operand in another shape says where that stands in a graph. */
export interface PlacedOperation extends TensorOperation {
  readonly place?: ((graph: Graph, operand: number, shape: Shape, call: Call) => number) | undefined;
}

/** Appends an expression and what it needs to `nodes`, sharing equal values; returns its position. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #byValue = new Map<Value, number>();
  readonly #byMeaning = new Map<string, number>();

  add(value: Value): number {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    const args = value.args.map((arg) => this.add(arg));
    const { op, shape, kind, host, detail } = value;
    const { call } = detail;
    const { place } = (call?.operation ?? {}) as Partial<PlacedOperation>;
    const at = place
      ? place(this, args[0]!, shape, call!)
      : this.push({ op, args, shape, kind, host, ...detail, phase: 0 });
    this.#byValue.set(value, at);
    return at;
  }

  /** Appends a node, unless there is an equal one; returns its position. */
  push(node: Node): number {
    const { op, args, shape, name, value, axes, call } = node;
    const number = Object.is(value, -0) ? '-0' : value;
    const meaning = [op, args, shape, name, number, axes, resultKey(call)].join('|');
    let at = this.#byMeaning.get(meaning);
    if (at === undefined) {
      at = this.nodes.push({ ...node, phase: phaseOf(op, args, this.nodes) }) - 1;
      this.#byMeaning.set(meaning, at);
    }
    return at;
  }
}

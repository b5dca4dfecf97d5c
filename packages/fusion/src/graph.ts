// SPDX-License-Identifier: Apache-2.0
// Collects the nodes of a program: every distinct value once.

import { isReduction } from './language.js';
import type { Node } from './program.js';
import { sameShape, sizeOf, type Shape } from './shape.js';
import { call as called, resultKey, type Call } from './tensor-operations.js';
import type { Value } from './value.js';

/** Appends an expression and what it needs to `nodes`, sharing equal values; returns its position. */
export class Graph {
  readonly nodes: Node[] = [];
  private readonly byValue = new Map<Value, number>();
  private readonly byMeaning = new Map<string, number>();
  private readonly flat = new Map<number, boolean>();

  add(value: Value): number {
    const known = this.byValue.get(value);
    if (known !== undefined) return known;
    const args = value.args.map((arg) => this.add(arg));
    const { op, shape, kind, host, detail } = value;
    const at = detail.call?.operation.isView
      ? this.reshaped(args[0]!, shape, detail.call)
      : this.push({ op, args, shape, kind, host, ...detail, phase: 0 });
    this.byValue.set(value, at);
    return at;
  }

  private push(node: Node): number {
    const { op, args, shape, name, value, axes, call } = node;
    const number = Object.is(value, -0) ? '-0' : value;
    const meaning = [op, args, shape, name, number, axes, resultKey(call)].join('|');
    let at = this.byMeaning.get(meaning);
    if (at === undefined) {
      const latest = Math.max(0, ...args.map((arg) => this.nodes[arg]!.phase));
      at = this.nodes.push({ ...node, phase: isReduction(op) ? latest + 1 : latest }) - 1;
      this.byMeaning.set(meaning, at);
    }
    return at;
  }

  /**
   * Elementwise operations on whole tensors do not mind the shape: of what they make, the operands are reshaped. What is
   * left are tensors in another shape, with the same data, and nothing to compute.
   */
  private reshaped(at: number, shape: Shape, call: Call): number {
    const node = this.nodes[at]!;
    if (sameShape(node.shape, shape)) return at;
    if (node.host) return this.push({ ...leafless(node), op: 'broadcast', args: [at], shape });
    if (node.call?.operation === call.operation) return this.reshaped(node.args[0]!, shape, call);
    if (this.isFlat(at)) {
      const args = node.args.map((arg) => {
        const own = this.nodes[arg]!;
        if (own.host) return arg;
        return this.reshaped(arg, sizeOf(own.shape) === sizeOf(shape) ? shape : [], call);
      });
      return this.push({ ...node, args, shape });
    }
    const view = called(call.operation, { shape });
    return this.push({ ...leafless(node), op: 'call', args: [at], shape, call: view });
  }

  /** Whether a node is elementwise, of operands that are all of its shape or single numbers. */
  private isFlat(at: number): boolean {
    const known = this.flat.get(at);
    if (known !== undefined) return known;
    const { op, args, shape } = this.nodes[at]!;
    const isElementwise = op !== 'input' && op !== 'call' && !isReduction(op);
    const isFlat =
      isElementwise &&
      args.every((arg) => {
        const own = this.nodes[arg]!;
        // Conditions are never tensors.
        const mayStay = own.kind === 'number' || own.host || this.isFlat(arg);
        return mayStay && (sameShape(own.shape, shape) || sizeOf(own.shape) === 1);
      });
    this.flat.set(at, isFlat);
    return isFlat;
  }
}

function leafless({ shape, kind }: Node): Omit<Node, 'op' | 'args'> {
  return { shape, kind, host: false, phase: 0 };
}

// SPDX-License-Identifier: Apache-2.0
// Tensors in another shape, with the same elements.

import type { Graph } from './graph.js';
import { isReduction } from './language.js';
import type { Node } from './program.js';
import { sameShape, sizeOf, type Shape } from './shape.js';
import { call as called, type Call } from './tensor-operations.js';

/**
 * Elementwise operations on whole tensors do not mind the shape: of what they make, the operands are reshaped. What is
 * left are tensors in another shape, with the same data, and nothing to compute.
 */
export function reshaped(graph: Graph, at: number, shape: Shape, call: Call): number {
  const node = graph.nodes[at]!;
  if (sameShape(node.shape, shape)) return at;
  if (node.host) return graph.push({ ...leafless(node), op: 'broadcast', args: [at], shape });
  if (node.call?.operation === call.operation) return reshaped(graph, node.args[0]!, shape, call);
  if (isFlat(graph, at)) {
    const args = node.args.map((arg) => {
      const own = graph.nodes[arg]!;
      if (own.host) return arg;
      return reshaped(graph, arg, sizeOf(own.shape) === sizeOf(shape) ? shape : [], call);
    });
    return graph.push({ ...node, args, shape });
  }
  const view = called(call.operation, { shape });
  return graph.push({ ...leafless(node), op: 'call', args: [at], shape, call: view });
}

/** Whether a node is elementwise, of operands that are all of its shape or single numbers. */
function isFlat({ nodes }: Pick<Graph, 'nodes'>, at: number): boolean {
  const { op, args, shape } = nodes[at]!;
  const isElementwise = op !== 'input' && op !== 'call' && !isReduction(op);
  return (
    isElementwise &&
    args.every((arg) => {
      const own = nodes[arg]!;
      // Conditions are never tensors.
      const mayStay = own.kind === 'number' || own.host || isFlat({ nodes }, arg);
      return mayStay && (sameShape(own.shape, shape) || sizeOf(own.shape) === 1);
    })
  );
}

function leafless({ shape, kind }: Node): Omit<Node, 'op' | 'args'> {
  return { shape, kind, host: false, phase: 0 };
}

// SPDX-License-Identifier: Apache-2.0
// What the function of a loop takes and gives.

import type { Node, Output, Program } from '../../program.js';
import { needed, reductionOf, type Loop } from './loops.js';

/** The nodes of a loop, by position, and what of them comes as arguments. */
export interface Frame {
  /** What the loop computes: the node of each output, or the argument of its reduction. */
  readonly roots: readonly number[];
  /** All nodes it needs, each after what it is made of. */
  readonly order: readonly number[];
  /** The input nodes it reads. */
  readonly inputs: readonly number[];
  /** The host nodes it takes. */
  readonly hosts: readonly number[];
  /** Reduced outputs that keep the last axis: their running values, as many as columns, are in memory. */
  readonly columns: readonly Output[];
}

/** Constants that are part of a function; others would make a function for each value, and are arguments. */
const common: ReadonlySet<unknown> = new Set([0, 1, -1, 2, 0.5, Infinity, -Infinity]);

function isArgument({ host, op, value }: Node): boolean {
  return host && (op !== 'constant' || !common.has(value));
}

/** The frame of a loop of a phase. */
export function frameOf(program: Program, loop: Loop): Frame {
  const { nodes } = program;
  const roots = loop.outputs.map((output) =>
    reductionOf(program, output) ? nodes[output.node]!.args[0]! : output.node,
  );
  const order = needed(program, roots);
  return {
    roots,
    order,
    inputs: order.filter((at) => nodes[at]!.op === 'input'),
    hosts: order.filter((at) => isArgument(nodes[at]!)),
    columns: loop.reduces ? loop.outputs.filter(({ node }) => loop.spans(node)[loop.axes.length - 1]) : [],
  };
}

/** Text that is equal for loops with the same function: nothing in it tells lengths or numbers. */
export function textOf(
  { nodes }: Program,
  { axes, order, outputs, reduces, spans }: Loop,
  frame: Frame,
): string {
  const places = frame.order.map((at) => {
    const { op, args, kind, host, value } = nodes[at]!;
    // One over it tells −0 from 0.
    const made = host ? [value, 1 / value!] : args.map((arg) => frame.order.indexOf(arg));
    return [kind, spans(at), isArgument(nodes[at]!) || [op, made]];
  });
  const results = outputs.map(({ node }, i) => [
    nodes[node]!.op,
    frame.order.indexOf(frame.roots[i]!),
    spans(node),
  ]);
  return `${[axes.length, order, reduces]}|${places.join('|')}|${results.join('|')}`;
}

// SPDX-License-Identifier: Apache-2.0
// The iteration space of a phase: which outputs are computed together, over which axes.

import type { Output, Program } from '../../program.js';
import type { ReductionName } from '../../language.js';
import { broadcast, sameShape, sizeOf, type Shape } from '../../shape.js';
import { spaceOf, type Space } from '../space.js';

/** One nest of loops: outputs with the same iteration space, all of them reductions or none. */
export interface Loop {
  readonly axes: Space['axes'];
  /** The axes but the last, outermost first: what a reduction keeps comes before what it reduces over. */
  readonly order: readonly number[];
  /** For the node at a position, the axes it spans; in all others it is constant. */
  readonly spans: (at: number) => readonly boolean[];
  readonly reduces: boolean;
  readonly outputs: readonly Output[];
  /** For each output, one of an earlier loop; where all of these are at most `smallGuard`, the results are 0 and not computed. */
  readonly guards: readonly Output[];
}

/** The nodes an output needs, itself included. */
export function needed(program: Program, roots: readonly number[]): number[] {
  const found = new Set<number>();
  const visit = (at: number): void => {
    if (found.has(at)) return;
    found.add(at);
    if (!program.nodes[at]!.host) program.nodes[at]!.args.forEach(visit);
  };
  roots.forEach(visit);
  return [...found].sort((a, b) => a - b);
}

/**
 * The loops of a phase, largest first: smaller outputs, such as rows and columns, are replaced after the elements that
 * read them have been computed. What a later loop still reads is not overwritten; see `inPlace`. Sums of rows, of columns
 * and of everything share a loop.
 */
export function loopsOf(program: Program): Loop[] {
  const { nodes } = program;
  const loops: { readonly shape: Shape; loop: Loop }[] = [];
  for (const output of program.outputs) {
    const node = nodes[output.node]!;
    const shape = node.axes === undefined ? node.shape : nodes[node.args[0]!]!.shape;
    const reduces = sizeOf(shape) !== sizeOf(node.shape);
    const isGuarded = guardsOf(program, [output]).length > 0;
    const joined = loops
      .filter(({ loop }) => loop.reduces === reduces && loop.guards.length > 0 === isGuarded)
      .filter((other) => sameShape(other.shape, shape))
      .map((other) => ({ other, loop: loopOf(program, shape, reduces, [...other.loop.outputs, output]) }))
      .find(({ loop }) => loop !== null);
    if (joined) joined.other.loop = joined.loop!;
    else loops.push({ shape, loop: loopOf(program, shape, reduces, [output])! });
  }
  // Behind the guards, which reduce tensors of the same shape.
  const rank = ({ shape, loop }: (typeof loops)[number]): number =>
    sizeOf(shape) - Math.sign(loop.guards.length) / 2;
  return loops.sort((a, b) => rank(b) - rank(a)).map(({ loop }) => loop);
}

/** The guards of some outputs, in their order; none where they have none. */
function guardsOf({ nodes, outputs }: Program, guarded: readonly Output[]): Output[] {
  return guarded.flatMap(({ node }) => {
    const { axes, args } = nodes[node]!;
    return outputs.find((other) => axes !== undefined && other.node === args[1]) ?? [];
  });
}

/** A loop for some outputs; `null` if they are reductions that ask for axes in different orders. */
function loopOf(program: Program, shape: Shape, reduces: boolean, outputs: readonly Output[]): Loop | null {
  const operands = needed(
    program,
    outputs.map(({ node }) => node),
  ).map((at) => program.nodes[at]!.shape);
  const fitting = operands.filter((operand) => {
    const common = broadcast([operand, shape]);
    return common !== null && sameShape(common, shape);
  });
  const space = spaceOf(shape, new Set(), fitting);
  const spans = (at: number): boolean[] => space.spans(program.nodes[at]!.shape);
  const outer = [...space.axes.keys()].slice(0, -1);
  const kept = outputs.map(({ node }) => spans(node));
  const isOrder = (order: readonly number[]): boolean =>
    kept.every((own) => order.every((axis, i) => i === 0 || !own[axis] || own[order[i - 1]!]));
  const byKept = [...outer.filter((axis) => kept[0]![axis]), ...outer.filter((axis) => !kept[0]![axis])];
  const order = [outer, byKept].find(isOrder);
  return order
    ? { axes: space.axes, order, spans, reduces, outputs, guards: guardsOf(program, outputs) }
    : null;
}

/** Name of the reduction an output is, if it is one. */
export function reductionOf(program: Program, { node }: Output): ReductionName | null {
  const { op, axes } = program.nodes[node]!;
  return axes === undefined ? null : (op as ReductionName);
}

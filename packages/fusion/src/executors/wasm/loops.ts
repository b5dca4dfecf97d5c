// SPDX-License-Identifier: Apache-2.0
// The iteration space of a phase: which outputs are computed together, over which axes.

import type { Output, Program } from '../../program.js';
import type { ReductionName } from '../../language.js';
import { broadcast, sameShape, sizeOf, type Shape } from '../../shape.js';
import { spaceOf, type Space } from '../space.js';

/** One nest of loops: outputs with the same iteration space. */
export interface Loop {
  readonly axes: Space['axes'];
  /** For the node at a position, the axes it spans; in all others it is constant. */
  readonly spans: (at: number) => readonly boolean[];
  readonly outputs: readonly Output[];
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
 * read them have been computed. What a later loop still reads is not overwritten; see `inPlace`.
 */
export function loopsOf(program: Program): Loop[] {
  const groups: { key: string; shape: Shape; reduced: Set<number>; outputs: Output[] }[] = [];
  for (const output of program.outputs) {
    const node = program.nodes[output.node]!;
    const isReduction = node.axes !== undefined;
    const shape = isReduction ? program.nodes[node.args[0]!]!.shape : node.shape;
    const reduced = new Set(isReduction ? (node.axes ?? shape.keys()) : []);
    const key = `${shape}|${[...reduced]}`;
    const group = groups.find((other) => other.key === key);
    if (group) group.outputs.push(output);
    else groups.push({ key, shape, reduced, outputs: [output] });
  }
  return groups
    .sort((a, b) => sizeOf(b.shape) - sizeOf(a.shape))
    .map(({ shape, reduced, outputs }) => loopOf(program, shape, reduced, outputs));
}

function loopOf(program: Program, shape: Shape, reduced: ReadonlySet<number>, outputs: Output[]): Loop {
  const operands = needed(
    program,
    outputs.map(({ node }) => node),
  ).map((at) => program.nodes[at]!.shape);
  const fitting = operands.filter((operand) => {
    const common = broadcast([operand, shape]);
    return common !== null && sameShape(common, shape);
  });
  const space = spaceOf(shape, reduced, fitting);
  return { axes: space.axes, spans: (at) => space.spans(program.nodes[at]!.shape), outputs };
}

/** Name of the reduction an output is, if it is one. */
export function reductionOf(program: Program, { node }: Output): ReductionName | null {
  const { op, axes } = program.nodes[node]!;
  return axes === undefined ? null : (op as ReductionName);
}

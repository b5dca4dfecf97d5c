// SPDX-License-Identifier: Apache-2.0
// The iteration space of a phase: which outputs are computed together, over which axes.

import type { Output, Program } from '../../program.js';
import { broadcast, sameShape, type Shape } from '../../shape.js';
import type { ReductionName } from '../../language.js';

/** An axis of an iteration space, after merging neighbours that no operand tells apart. */
export interface Axis {
  readonly length: number;
  /** Whether the loop's results are reduced over it. */
  readonly reduced: boolean;
}

/** One nest of loops: outputs with the same iteration space. */
export interface Loop {
  readonly axes: readonly Axis[];
  /** For the node at a position, the axes it spans; in all others it is constant. */
  readonly spans: (at: number) => readonly boolean[];
  readonly outputs: readonly Output[];
}

/** Merged axes, and which of the original axes each stands for. */
function mergeAxes(
  shape: Shape,
  reduced: readonly boolean[],
  operands: readonly Shape[],
): { axes: Axis[]; parts: number[][] } {
  const aligned = operands.map((operand) => [
    ...Array.from({ length: shape.length - operand.length }, () => 1),
    ...operand,
  ]);
  const axes: Axis[] = [];
  const parts: number[][] = [];
  let last = '';
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const pattern = `${reduced[axis]}|${aligned.map((operand) => operand[axis] === 1)}`;
    if (pattern === last) {
      axes.push({ ...axes.pop()!, length: 0 });
      parts.at(-1)!.push(axis);
    } else {
      axes.push({ length: 0, reduced: reduced[axis]! });
      parts.push([axis]);
    }
    last = pattern;
  });
  return {
    axes: axes.map((axis, i) => ({
      ...axis,
      length: parts[i]!.reduce((product, at) => product * shape[at]!, 1),
    })),
    parts,
  };
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
 * The loops of a phase, largest first. Outputs of one loop are stored only after all loops that read what they replace
 * have run; where that cannot be, see `Kernel`.
 */
export function loopsOf(program: Program): Loop[] {
  const groups: { key: string; shape: Shape; reduced: boolean[]; outputs: Output[] }[] = [];
  for (const output of program.outputs) {
    const node = program.nodes[output.node]!;
    const isReduction = node.axes !== undefined;
    const shape = isReduction ? program.nodes[node.args[0]!]!.shape : node.shape;
    const reduced = shape.map((_, axis) => isReduction && (node.axes === null || node.axes!.includes(axis)));
    const key = `${shape}|${reduced}`;
    const group = groups.find((other) => other.key === key);
    if (group) group.outputs.push(output);
    else groups.push({ key, shape, reduced, outputs: [output] });
  }
  return groups
    .sort((a, b) => b.shape.reduce((p, n) => p * n, 1) - a.shape.reduce((p, n) => p * n, 1))
    .map(({ shape, reduced, outputs }) => loopOf(program, shape, reduced, outputs));
}

function loopOf(program: Program, shape: Shape, reduced: boolean[], outputs: Output[]): Loop {
  const operands = needed(
    program,
    outputs.map(({ node }) => node),
  ).map((at) => program.nodes[at]!.shape);
  const fitting = operands.filter((operand) => {
    const common = broadcast([operand, shape]);
    return common !== null && sameShape(common, shape);
  });
  const { axes, parts } = mergeAxes(shape, reduced, fitting);
  const spans = (at: number): boolean[] => {
    const own = program.nodes[at]!.shape;
    return parts.map(([axis]) => (own[axis! - (shape.length - own.length)] ?? 1) !== 1);
  };
  return { axes, spans, outputs };
}

/** Name of the reduction an output is, if it is one. */
export function reductionOf(program: Program, { node }: Output): ReductionName | null {
  const { op, axes } = program.nodes[node]!;
  return axes === undefined ? null : (op as ReductionName);
}

// SPDX-License-Identifier: Apache-2.0
// What tracing a rule gives: a graph in topological order, and what of it is computed on the host.

import { isReduction, operations, type Kind, type OperationName } from './language.js';
import type { Shape } from './shape.js';
import type { Detail, NodeName } from './value.js';

/** One value of a program. Arguments are positions of earlier nodes. */
export interface Node extends Detail {
  readonly op: NodeName;
  readonly args: readonly number[];
  readonly shape: Shape;
  readonly kind: Kind;
  /** Computed on the host, in float64, before the kernels run. */
  readonly host: boolean;
  /** The first sweep in which the value is available; a reduction is computed one sweep earlier. */
  readonly phase: number;
}

/** The phase of a node behind `nodes`: reductions take one, but wait for nothing but what they reduce. */
export function phaseOf(op: NodeName, args: readonly number[], nodes: readonly Node[]): number {
  if (isReduction(op)) return nodes[args[0]!]!.phase + 1;
  return Math.max(0, ...args.map((arg) => nodes[arg]!.phase));
}

/** A named result: position of its node, and of the input it replaces (−1 for none). */
export interface Output {
  readonly name: string;
  readonly node: number;
  readonly replaces: number;
}

/**
 * One sweep over the elements: everything elementwise that its results need. What earlier phases reduced or kept
 * enters as tensors; the rest is computed afresh.
 */
export interface Phase {
  /** Positions of the reductions it computes. */
  readonly reductions: readonly number[];
  /** Positions of small elementwise values that it computes for later phases. */
  readonly kept: readonly number[];
  /** Outputs that are not reductions themselves, in the last phase. */
  readonly outputs: readonly Output[];
}

/** A traced rule: a graph in topological order, each distinct value once, and its split into phases. */
export interface Program {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** Positions of the inputs, in the order {@link Kernel.run} takes tensors. */
  readonly inputs: readonly number[];
  /** Names of the host scalars, in the order {@link Kernel.run} takes numbers. */
  readonly scalars: readonly string[];
  readonly outputs: readonly Output[];
  /** The sweeps; none where there are tensor operations, between which there are programs of their own. */
  readonly phases: readonly Phase[];
}

/** Positions of the nodes that are computed on the host, per program. */
const hostNodes = new WeakMap<Program, readonly number[]>();

/** The values of all host nodes, by position, for one set of scalars. */
export function hostValues(program: Program, scalars: readonly number[]): (number | boolean | undefined)[] {
  const { nodes } = program;
  let positions = hostNodes.get(program);
  if (!positions) hostNodes.set(program, (positions = nodes.flatMap(({ host }, at) => (host ? [at] : []))));
  const values: (number | boolean | undefined)[] = [];
  let next = 0;
  for (const at of positions) {
    const { op, args, value } = nodes[at]!;
    if (op === 'scalar') values[at] = scalars[next++];
    else if (op === 'constant') values[at] = value;
    else {
      const meaning = operations[op as OperationName].meaning as (...values: unknown[]) => number | boolean;
      values[at] = meaning(...args.map((arg) => values[arg]));
    }
  }
  return values;
}

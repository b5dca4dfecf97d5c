// SPDX-License-Identifier: Apache-2.0

import { Expression, input, scalar, whileTracing, type NodeName } from './expression.js';
import { operations, type Kind, type OperationName } from './language.js';
import { isReduction, split, type Phase } from './phases.js';
import { sameShape, showShape, type Shape } from './shape.js';

/** One value of a program. Arguments are positions of earlier nodes. */
export interface Node {
  readonly op: NodeName;
  readonly args: readonly number[];
  readonly shape: Shape;
  readonly kind: Kind;
  /** Computed on the host, in float64, before the kernels run. */
  readonly host: boolean;
  /** Of an input or a scalar. */
  readonly name?: string;
  /** Of a constant. */
  readonly value?: number;
  /** Of a reduction; `null` means over all elements, to a scalar. */
  readonly axes?: readonly number[] | null;
  /** Of `every`. */
  readonly step?: number;
  /** The first sweep in which the value is available; a reduction is computed one sweep earlier. */
  readonly phase: number;
}

/** A named result: position of its node, and of the input it replaces (−1 for none). */
export interface Output {
  readonly name: string;
  readonly node: number;
  readonly replaces: number;
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
  readonly phases: readonly Phase[];
}

/** What a rule gives back: an expression per output; an output with an input's name replaces it. */
export type Rule = (
  tensors: Record<string, Expression>,
  scalars: Record<string, Expression>,
) => Record<string, Expression>;

/** Appends an expression and what it needs to `nodes`, sharing equal values; returns its position. */
class Graph {
  readonly nodes: Node[] = [];
  private readonly byExpression = new Map<Expression, number>();
  private readonly byMeaning = new Map<string, number>();

  add(expression: Expression): number {
    const known = this.byExpression.get(expression);
    if (known !== undefined) return known;
    const args = expression.args.map((arg) => this.add(arg));
    const { op, shape, kind, host, leaf } = expression;
    const meaning = [
      op,
      args,
      shape,
      leaf.name,
      Object.is(leaf.value, -0) ? '-0' : leaf.value,
      leaf.axes,
      leaf.step,
    ].join('|');
    let position = this.byMeaning.get(meaning);
    if (position === undefined) {
      const latest = Math.max(0, ...args.map((arg) => this.nodes[arg]!.phase));
      position =
        this.nodes.push({
          op,
          args,
          shape,
          kind,
          host,
          ...leaf,
          phase: isReduction(op) ? latest + 1 : latest,
        }) - 1;
      this.byMeaning.set(meaning, position);
    }
    this.byExpression.set(expression, position);
    return position;
  }
}

/**
 * Traces a rule: calls it once with symbols and records what it does.
 *
 * @param name - names the rule in errors, profiles and kernels
 * @param tensors - shape of every tensor the rule may use
 * @param scalars - names of the host numbers the rule may use
 * @throws TypeError naming the rule for operands that do not fit, for an output that is not an expression, and for
 * one whose shape is not that of the input it replaces.
 */
export function trace(
  name: string,
  tensors: Record<string, Shape>,
  scalars: readonly string[],
  rule: Rule,
): Program {
  const symbols = Object.fromEntries(Object.entries(tensors).map(([key, shape]) => [key, input(key, shape)]));
  const numbers = Object.fromEntries(scalars.map((key) => [key, scalar(key)]));
  const results: unknown = whileTracing(name, () => rule(symbols, numbers));
  if (typeof results !== 'object' || results === null) {
    throw new TypeError(`${name}: a rule must return an object of outputs, got ${String(results)}`);
  }

  const graph = new Graph();
  const outputs: { name: string; node: number }[] = [];
  for (const [key, result] of Object.entries(results as Record<string, unknown>)) {
    if (!(result instanceof Expression)) throw new TypeError(`${name}: output "${key}" is not an expression`);
    const replaced = symbols[key];
    if (replaced && !sameShape(replaced.shape, result.shape)) {
      throw new TypeError(
        `${name}: output "${key}" has shape ${showShape(result.shape)}, but what it replaces has ${showShape(replaced.shape)}`,
      );
    }
    if (result.kind !== 'number')
      throw new TypeError(`${name}: output "${key}" is a condition, not a number`);
    if (result !== replaced) outputs.push({ name: key, node: graph.add(result) });
  }

  const { nodes } = graph;
  const positions = (op: NodeName): number[] => nodes.flatMap((node, i) => (node.op === op ? [i] : []));
  const inputs = positions('input');
  const bound = outputs.map((output) => ({
    ...output,
    replaces: inputs.findIndex((at) => nodes[at]!.name === output.name),
  }));
  return {
    name,
    nodes,
    inputs,
    scalars: positions('scalar').map((at) => nodes[at]!.name!),
    outputs: bound,
    phases: split(nodes, bound),
  };
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

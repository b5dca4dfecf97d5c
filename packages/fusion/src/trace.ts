// SPDX-License-Identifier: Apache-2.0

import { Expression, input, scalar } from './expression.js';
import { Graph } from './graph.js';
import { split } from './phases.js';
import type { Program } from './program.js';
import { sameShape, showShape, type Shape } from './shape.js';
import { extract, handed } from './subprogram.js';
import { whileTracing } from './value.js';

/** What a rule gives back: an expression per output; an output with an input's name replaces it. */
export type Rule = (
  tensors: Record<string, Expression>,
  scalars: Record<string, Expression>,
) => Record<string, Expression>;

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

  // Reshaping leaves nodes behind that nothing needs.
  const { nodes, inputs, scalars: used, outputs: bound } = extract(graph, name, outputs, new Set(), handed);
  const hasTensors = nodes.some(({ call }) => call);
  return {
    name,
    nodes,
    inputs,
    scalars: used,
    outputs: bound,
    phases: hasTensors ? [] : split(nodes, bound),
  };
}

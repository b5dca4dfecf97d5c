// SPDX-License-Identifier: Apache-2.0
// Splits a program into phases: sweeps over the elements, of which each needs what the ones before it reduced.

import { isReduction, type OperationName } from './language.js';
import type { Node, Output, Phase, Program } from './program.js';
import { sizeOf } from './shape.js';
import { extract, intermediate } from './subprogram.js';

/** Whether a value of so many elements is worth a tensor of its own for a sweep over so many. */
export type Worth = (elements: number, swept: number) => boolean;

/** Repeated often enough, and enough is saved for what another tensor and perhaps another phase cost. */
const isWorthKeeping: Worth = (elements, swept) => 8 * elements <= swept && swept - elements >= 1 << 14;

/** What operations cost, in divisions; those not mentioned next to nothing. */
const costs: { readonly [Op in OperationName]?: number } = {
  div: 1,
  sqrt: 1,
  exp: 2,
  log: 2,
  cbrt: 2,
  pow: 4,
  atan2: 4,
};

/**
 * Sweep i computes the reductions of values that are there from sweep i on; the last one computes the outputs that are
 * not reductions. A small value that a sweep would compute again and again, such as a factor per row, is kept: computed
 * by an earlier sweep, or between two when it is made of what the one before reduced.
 */
export function split(
  nodes: readonly Node[],
  outputs: readonly Output[],
  isWorth: Worth = isWorthKeeping,
): Phase[] {
  const elementwise = outputs.filter(({ node }) => !isReduction(nodes[node]!.op));
  const count = Math.max(
    ...nodes.map(({ phase }) => phase),
    ...elementwise.map(({ node }) => nodes[node]!.phase + 1),
    1,
  );
  const none: Phase = { reductions: [], kept: [], outputs: [] };
  const sweeps: Phase[] = Array.from({ length: count }, (_, sweep) => ({
    reductions: nodes.flatMap((node, at) => (isReduction(node.op) && node.phase === sweep + 1 ? [at] : [])),
    kept: [],
    outputs: sweep === count - 1 ? elementwise : [],
  }));
  // Sweeps that read a small value, in order.
  const readers = new Map<number, number[]>();
  sweeps.forEach((sweep, i) => {
    for (const at of repeated(nodes, sweep, isWorth)) readers.set(at, [...(readers.get(at) ?? []), i]);
  });
  return sweeps.flatMap((sweep, i) => {
    const own = [...readers].filter(([at]) => nodes[at]!.phase === i);
    const kept = own.map(([at]) => at);
    // Before the first sweep there is nothing: it repeats its own small values, and keeps them for the others.
    if (i > 0 && own.some(([, [first]]) => first === i)) return [{ ...none, kept }, sweep];
    return [{ ...sweep, kept: i > 0 ? kept : own.filter(([, by]) => by.at(-1)! > 0).map(([at]) => at) }];
  });
}

/** The largest expressions in a sweep that are worth keeping. */
function repeated(
  nodes: readonly Node[],
  { reductions: reduced, outputs }: Pick<Phase, 'reductions' | 'outputs'>,
  isWorth: Worth,
): Set<number> {
  const found = new Set<number>();
  const roots = [...reduced.map((at) => nodes[at]!.args[0]!), ...outputs.map(({ node }) => node)];
  for (const root of roots) {
    const size = sizeOf(nodes[root]!.shape);
    const seen = new Set<number>();
    const visit = (at: number): void => {
      if (seen.has(at) || isGiven(nodes[at]!)) return;
      seen.add(at);
      const own = sizeOf(nodes[at]!.shape);
      const isSmall = own > 1 && isWorth(own, size);
      if (isSmall && nodes[at]!.kind === 'number' && cost(nodes, at) >= 1) found.add(at);
      else nodes[at]!.args.forEach(visit);
    };
    visit(root);
  }
  return found;
}

/** Whether a sweep need not compute a node. */
function isGiven({ op, host }: Node): boolean {
  return host || op === 'input' || isReduction(op);
}

/** What an element of an expression costs; scalars are computed once anyway. */
function cost(nodes: readonly Node[], root: number): number {
  const seen = new Set<number>();
  const visit = (at: number): number => {
    const { op, args, shape } = nodes[at]!;
    if (seen.has(at) || isGiven(nodes[at]!) || sizeOf(shape) <= 1) return 0;
    seen.add(at);
    return args.reduce((sum, arg) => sum + visit(arg), costs[op as OperationName] ?? 0);
  };
  return visit(root);
}

/**
 * The phases as programs of their own, to be run in order. In each, reductions stand only right before an output; what
 * an earlier one reduced or kept comes in as an input named `#` and its position in the whole program.
 */
export function phasePrograms(program: Program): Program[] {
  if (program.phases.length === 1) return [program];
  const made = new Set<number>();
  return program.phases.map((phase, i) => {
    const own = [...phase.reductions, ...phase.kept];
    const outputs = phase.outputs.map(({ name, node, replaces }) => {
      const replaced = program.inputs[replaces];
      return { name, node, replaced: replaced === undefined ? undefined : program.nodes[replaced]!.name };
    });
    const results = [...own.map((node) => ({ name: intermediate(node), node })), ...outputs];
    const { nodes, positions, ...part } = extract(
      program,
      `${program.name}#${i}`,
      results,
      made,
      intermediate,
    );
    for (const at of own) made.add(at);
    const reduced = phase.reductions.map((at) => positions.get(at)!);
    return { ...part, nodes, phases: [{ reductions: reduced, kept: [], outputs: part.outputs }] };
  });
}

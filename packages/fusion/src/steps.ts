// SPDX-License-Identifier: Apache-2.0
// Divides a program at its tensor operations: between them stand programs of elementwise operations and reductions.
//
// Stage s begins with the tensor operations whose operands are there after the stages before it; then one program computes
// the operands of later ones. The last stage computes the outputs, as they may overwrite inputs.

import { isReduction } from './language.js';
import { split } from './phases.js';
import type { Node, Program } from './program.js';
import { sameShape, sizeOf } from './shape.js';
import { extract, handed } from './subprogram.js';

/** A tensor operation to be run. */
export interface OperationStep {
  /** Positions of its results; there may be some that nothing needs. */
  readonly results: readonly { readonly node: number; readonly result: number }[];
}

/** A program to be run; its intermediates are named by their positions in the whole. */
export interface ProgramStep {
  readonly program: Program;
}

export type Step = OperationStep | ProgramStep;

/** Elementwise operations from which on it is worth a tensor not to repeat them in another stage. */
const many = 12;

/** The steps of a program with tensor operations, in order. */
export function stepsOf(program: Program): Step[] {
  const { nodes, outputs } = program;
  const stages = stagesOf(nodes);
  const last = Math.max(...stages);
  const roots = Array.from({ length: last + 1 }, () => new Set<number>());
  for (const [at, stage] of keptOf(nodes, stages)) roots[stage]!.add(at);
  const given = new Set(nodes.flatMap(({ call }, at) => (call ? [at] : [])));
  const wanted = outputs.filter(({ node }) => !given.has(node) && !roots.some((set) => set.has(node)));
  handOn(
    nodes,
    roots.map((set, stage) => (stage < last ? [...set] : [...set, ...wanted.map(({ node }) => node)])),
    given,
    roots,
  );

  const made = new Set<number>();
  const steps = roots.flatMap((set, stage): Step[] => {
    const operations = operationsOf(nodes, stages, stage);
    for (const { results } of operations) for (const { node } of results) made.add(node);
    const finals = stage < last ? [] : wanted.filter(({ node }) => !roots.some((own) => own.has(node)));
    const results = [...[...set].map((node) => ({ name: handed(node), node })), ...finals];
    if (results.length === 0) return operations;
    const part = extract(program, `${program.name}#${stage}`, results, made, handed);
    for (const at of set) made.add(at);
    return [...operations, { program: { ...part, phases: [] } }];
  });
  return divided(program, steps);
}

/** Splits programs into phases, and lets what they compute replace what they are the last to read. */
function divided({ nodes, outputs }: Program, steps: readonly Step[]): Step[] {
  const read = new Set(outputs.map(({ node }) => handed(node)));
  const result = [...steps].reverse().map((step): Step => {
    if ('results' in step) {
      for (const arg of nodes[step.results[0]!.node]!.args) read.add(handed(arg));
      return step;
    }
    const { program } = step;
    const names = program.inputs.map((at) => program.nodes[at]!.name!);
    const free = names.map((name) => name.startsWith('$') && !read.has(name));
    for (const name of names) read.add(name);
    const replacing = program.outputs.map((output) => {
      const { shape, op } = program.nodes[output.node]!;
      if (output.replaces >= 0 || isReduction(op)) return output;
      const replaces = free.findIndex(
        (is, i) => is && sameShape(program.nodes[program.inputs[i]!]!.shape, shape),
      );
      if (replaces >= 0) free[replaces] = false;
      return { ...output, replaces };
    });
    const phases = split(program.nodes, replacing);
    return { program: { ...program, outputs: replacing, phases } };
  });
  return result.reverse();
}

/** For every node the first stage in which it can be computed; tensor operations come first in theirs. */
function stagesOf(nodes: readonly Node[]): number[] {
  const stages: number[] = [];
  for (const { call, args } of nodes) {
    const after = args.map((arg) => {
      const { op, host } = nodes[arg]!;
      return stages[arg]! + (call && !host && op !== 'input' && op !== 'call' ? 1 : 0);
    });
    stages.push(Math.max(0, ...after));
  }
  // What is made of nothing is made when it is read.
  nodes.forEach(({ call, args }, at) => {
    if (!call || !args.every((arg) => nodes[arg]!.host)) return;
    const readers = nodes.flatMap((node, reader) => (node.args.includes(at) ? [stages[reader]!] : []));
    if (readers.length > 0) stages[at] = Math.min(...readers);
  });
  return stages;
}

/**
 * Elementwise values and reductions that are kept as tensors, with the stage that computes them: operands of tensor
 * operations; and what later stages need again, where repeating it takes more tensors or much time.
 */
function keptOf(nodes: readonly Node[], stages: readonly number[]): Map<number, number> {
  const kept = new Map<number, number>();
  const readers: number[][] = nodes.map(() => []);
  nodes.forEach(({ args }, at) => {
    for (const arg of args) readers[arg]!.push(at);
  });
  /** Tensors made by earlier steps that a value is computed from. */
  const sources: ReadonlySet<number>[] = [];
  nodes.forEach((node, at) => {
    if (node.host || node.op === 'input') return void sources.push(new Set());
    if (node.call) return void sources.push(new Set([at]));
    const own = new Set(node.args.flatMap((arg) => [...sources[arg]!]));
    const stage = stages[at]!;
    const uses = readers[at]!.filter((reader) => nodes[reader]!.call);
    const crosses = readers[at]!.some((reader) => stages[reader]! > stage);
    if (uses.length > 0) {
      // What is made of inputs alone can wait.
      kept.set(at, own.size > 0 ? stage : Math.min(...uses.map((reader) => stages[reader]! - 1)));
    } else if (crosses && isReduction(node.op)) {
      if (own.size > 0) kept.set(at, stage);
    } else if (crosses && sizeOf(node.shape) > 1 && node.kind === 'number') {
      if (own.size > 1 || work(nodes, at, kept) >= many) kept.set(at, stage);
    }
    sources.push(kept.has(at) ? new Set([at]) : own);
  });
  return kept;
}

/** Number of elementwise operations on more than one element that make a value. */
function work(nodes: readonly Node[], root: number, kept: ReadonlyMap<number, number>): number {
  const seen = new Set<number>();
  const visit = (at: number): void => {
    const { op, args, host, shape } = nodes[at]!;
    const isThere = host || op === 'input' || op === 'call' || isReduction(op) || kept.has(at);
    if (seen.has(at) || isThere || sizeOf(shape) <= 1) return;
    seen.add(at);
    args.forEach(visit);
  };
  visit(root);
  return seen.size;
}

/** Adds to the roots of a stage the reductions it computes that later stages need as well. */
function handOn(
  nodes: readonly Node[],
  starts: readonly (readonly number[])[],
  given: ReadonlySet<number>,
  roots: readonly Set<number>[],
): void {
  const made = new Set(given);
  const reduced = new Map<number, number>();
  starts.forEach((start, stage) => {
    const seen = new Set<number>();
    const visit = (at: number): void => {
      const { op, args, host } = nodes[at]!;
      if (seen.has(at) || host || made.has(at)) return;
      seen.add(at);
      const first = isReduction(op) ? reduced.get(at) : undefined;
      if (first !== undefined) return void roots[first]!.add(at);
      if (isReduction(op)) reduced.set(at, stage);
      args.forEach(visit);
    };
    start.forEach(visit);
    for (const at of roots[stage]!) made.add(at);
  });
}

/** The tensor operations of a stage, those with several results once. */
function operationsOf(nodes: readonly Node[], stages: readonly number[], stage: number): OperationStep[] {
  const steps = new Map<string, { node: number; result: number }[]>();
  nodes.forEach(({ call, args }, at) => {
    if (!call || stages[at] !== stage) return;
    const key = `${args}|${call.key}`;
    steps.set(key, [...(steps.get(key) ?? []), { node: at, result: call.result }]);
  });
  return [...steps.values()].map((results) => ({ results }));
}

// SPDX-License-Identifier: Apache-2.0
// The executor of the webgl backend: packed fragment programs, made and run by tfjs' own machinery.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported, type Executor, type Kernel } from '../../executor.js';
import type { ReductionName } from '../../language.js';
import { hostValues, type Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { assertContext, launch, maxTextures, packed } from './backend.js';
import { writeValue } from './fragment.js';
import { foldOf, isLong, type Fold, mostTogether, writeReduction, writeTogether } from './reduction.js';
import type { Fragment, Halving, Kept } from './writer.js';

type Hosts = ReturnType<typeof hostValues>;
type Textures = ReadonlyMap<number, tf.TensorInfo>;
type Reduce = (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor;

/** One row per reduction: tfjs' own kernel, and the value over no elements. */
const reductions: Readonly<Record<ReductionName, { op: Reduce; none: number }>> = {
  sum: { op: tf.sum, none: 0 },
  max: { op: tf.max, none: -Infinity },
  min: { op: tf.min, none: Infinity },
};

/** A value to be made, and the programs that make it, one after the other. */
export interface Step {
  readonly node: number;
  readonly fragments: readonly Fragment[];
}

/** Tensors in pairs of halves, where textures have 16 bits. */
export interface Pairs extends Halving {
  /** Makes the backend one that keeps pairs. */
  prepare(): void;
  /** The pair of a tensor, if it has one. */
  of(tensor: tf.Tensor): tf.TensorInfo | undefined;
  readonly launch: typeof launch;
  /** A reduction over some axes, as those of tfjs know nothing of pairs. */
  writeAlong(phase: Program, node: number, kept: Kept): Fragment;
}

/**
 * One program per elementwise output, and few for reductions to one element, to rows or to columns; those over other axes
 * are tfjs' own, of what a program made. Textures cannot be changed in place: every output is new.
 */
export const webglExecutor: Executor = executorWith(null);

/** The executor, with tensors in pairs or without. */
export function executorWith(pairing: Pairs | null): Executor {
  return { name: 'webgl', compile: (phase) => compile(phase, pairing) };
}

function compile(phase: Program, pairing: Pairs | null): Kernel {
  const limit = maxTextures(pairing !== null);
  pairing?.prepare();
  const planFor = (pairs: Textures): readonly Step[] => {
    const known = new Map(phase.inputs.map((at) => [at, pairs.has(at)]));
    return plan(phase, limit, { known, halving: pairing }, pairing);
  };
  const usual = planFor(new Map());
  // By which of the inputs have a pair.
  const plans = new Map([['', usual]]);
  const sampled = new Set(usual.flatMap(({ fragments }) => fragments[0]!.tensors));
  return {
    executor: 'webgl',
    run: (inputs, scalars) =>
      tf.tidy(() => {
        assertContext(phase.name);
        const hosts = hostValues(phase, scalars);
        const values = new Map(phase.inputs.map((at, i) => [at, inputs[i]!]));
        const pairs = new Map<number, tf.TensorInfo>();
        for (const [at, tensor] of pairing ? values : []) {
          const pair = pairing!.of(tensor);
          if (pair) pairs.set(at, pair);
        }
        const textures = new Map<number, tf.TensorInfo>(
          [...values].map(([at, x]) => [at, pairs.get(at) ?? (sampled.has(at) ? packed(x) : x)]),
        );
        const key = [...pairs.keys()].join();
        if (!plans.has(key)) plans.set(key, planFor(pairs));
        for (const step of plans.get(key)!) {
          const made = runStep(step, textures, hosts, pairing);
          values.set(step.node, made);
          textures.set(step.node, pairing?.of(made) ?? made);
        }
        const taken = new Set<tf.Tensor>(inputs);
        return phase.outputs.map(({ node }) => {
          const value = values.get(node) ?? finish(phase, node, values, hosts);
          const own = taken.has(value) ? tf.clone(value) : value;
          taken.add(own);
          return own;
        });
      }),
  };
}

/** What a program has to make for an output: the output, or what tfjs then reduces. */
function targetOf(phase: Program, node: number): number {
  const { args } = phase.nodes[node]!;
  return isReduction(phase, node) && !reducing(phase, node) ? args[0]! : node;
}

function isReduction({ nodes }: Program, node: number): boolean {
  return nodes[node]!.op in reductions;
}

/** How programs reduce, if they do. */
function reducing({ nodes }: Program, node: number): Fold | null {
  const { args, shape } = nodes[node]!;
  return foldOf(nodes[args[0]!]!.shape, shape);
}

/**
 * Steps in an order in which later ones read what earlier ones made.
 *
 * @param limit - most textures that a program reads
 * @throws Unsupported where that is too few
 */
export function plan(phase: Program, limit: number, given: Kept, pairing: Pairs | null): Step[] {
  const known = new Map(given.known);
  const kept = { ...given, known };
  const targets = [...new Set(phase.outputs.map(({ node }) => targetOf(phase, node)))].filter((node) => {
    const { args, host, shape } = phase.nodes[node]!;
    return (
      !host && !known.has(node) && sizeOf(isReduction(phase, node) ? phase.nodes[args[0]!]!.shape : shape) > 0
    );
  });
  const steps: Step[] = [];
  const add = (node: number, fragments: readonly Fragment[]): void => {
    const count = fragments[0]!.tensors.length;
    if (count > limit) throw new Unsupported(`it reads ${count} textures, and a shader here takes ${limit}`);
    steps.push({ node, fragments });
  };
  for (const node of targets.filter((at) => !isReduction(phase, at)).sort((a, b) => a - b)) {
    add(node, [writeValue(phase, node, kept)]);
    known.set(node, pairing !== null);
  }
  for (const group of together(
    phase,
    targets.filter((at) => isReduction(phase, at)),
  )) {
    const made = group.length > 1 && writeTogether(phase, group, kept);
    if (made && made.shared[0]!.tensors.length <= limit) {
      // No value of the phase has that position.
      const key = -1 - group[0]!;
      add(key, made.shared);
      group.forEach((node, i) => add(node, [{ ...made.own[i]!, tensors: [key] }]));
    } else {
      for (const node of group) add(node, writeReduction(phase, node, kept));
    }
  }
  for (const { node } of pairing ? phase.outputs : []) {
    const argument = targetOf(phase, node);
    if (argument !== node && known.has(argument))
      steps.push({ node, fragments: [pairing!.writeAlong(phase, node, kept)] });
  }
  return steps;
}

/** Reductions in groups that are made together. */
function together(phase: Program, nodes: readonly number[]): number[][] {
  const groups: { key: string; members: number[] }[] = [];
  for (const node of nodes) {
    const fold = reducing(phase, node)!;
    const isShared = fold.kind === 'all' && isLong(fold);
    const key = isShared ? `${phase.nodes[phase.nodes[node]!.args[0]!]!.shape}` : '';
    const open = groups.find((group) => isShared && group.key === key && group.members.length < mostTogether);
    if (open) open.members.push(node);
    else groups.push({ key, members: [node] });
  }
  return groups.map(({ members }) => members);
}

function runStep({ fragments }: Step, textures: Textures, hosts: Hosts, pairing: Pairs | null): tf.Tensor {
  const run = pairing ? pairing.launch : launch;
  let made: tf.Tensor | undefined;
  for (const { program, shape, tensors, sizes, hosts: wanted } of fragments) {
    const before = made && (pairing?.of(made) ?? made);
    const inputs = before ? [before] : tensors.map((at) => textures.get(at)!);
    const numbers = wanted.map((at) => Number(hosts[at]));
    made = run(program, shape, inputs, [fours(sizes), fours(numbers)]);
  }
  return made!;
}

/** An output that no program made. */
function finish(
  phase: Program,
  node: number,
  values: ReadonlyMap<number, tf.Tensor>,
  hosts: Hosts,
): tf.Tensor {
  const { op, args, axes, shape } = phase.nodes[node]!;
  if (!(op in reductions)) return filled(shape, Number(hosts[node]));
  const { op: reduce, none } = reductions[op as ReductionName];
  const argument = values.get(args[0]!);
  return argument && argument.size > 0 ? reduce(argument, [...axes!], true) : filled(shape, none);
}

/** Made on the host: a texture of 16 bits, which `tf.fill` draws, has no 1e-8. */
function filled(shape: Shape, value: number): tf.Tensor {
  return tf.tensor(new Float32Array(sizeOf(shape)).fill(value), [...shape]);
}

/** Numbers filled up to a multiple of four, as uniforms of four-vectors take them. */
function fours(numbers: readonly number[]): number[] {
  return [...numbers, ...Array.from({ length: -numbers.length & 3 }, () => 0)];
}

// SPDX-License-Identifier: Apache-2.0
// The executor of the webgl backend: packed fragment programs, made and run by tfjs' own machinery.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported, type Executor, type Kernel } from '../../executor.js';
import type { ReductionName } from '../../language.js';
import { hostValues, type Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { assertContext, launch, maxTextures, packed } from './backend.js';
import { writeReduction, writeValue } from './fragment.js';
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
interface Step {
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
 * One program per elementwise output, and few for a reduction to one element; reductions over some axes are tfjs' own,
 * of what a program made. Textures cannot be changed in place: every output is new.
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

/** What a program has to make for an output: the output, or what is then reduced over some axes. */
function targetOf({ nodes }: Program, node: number): number {
  const { op, args, shape } = nodes[node]!;
  return op in reductions && sizeOf(shape) !== 1 ? args[0]! : node;
}

/** Steps in an order in which later ones read what earlier ones made. */
function plan(phase: Program, limit: number, given: Kept, pairing: Pairs | null): Step[] {
  const known = new Map(given.known);
  const kept = { ...given, known };
  const targets = new Set(phase.outputs.map(({ node }) => targetOf(phase, node)));
  const steps: Step[] = [];
  for (const node of [...targets].sort((a, b) => a - b)) {
    const { op, args, host } = phase.nodes[node]!;
    const isReduction = op in reductions;
    const { shape: swept } = phase.nodes[isReduction ? args[0]! : node]!;
    if (host || known.has(node) || sizeOf(swept) === 0) continue;
    const fragments = isReduction ? writeReduction(phase, node, kept) : [writeValue(phase, node, kept)];
    const count = fragments[0]!.tensors.length;
    if (count > limit) throw new Unsupported(`it reads ${count} textures, and a shader here takes ${limit}`);
    steps.push({ node, fragments });
    if (!isReduction) known.set(node, pairing !== null);
  }
  for (const { node } of pairing ? phase.outputs : []) {
    const argument = targetOf(phase, node);
    if (argument !== node && known.has(argument))
      steps.push({ node, fragments: [pairing!.writeAlong(phase, node, kept)] });
  }
  return steps;
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

function filled(shape: Shape, value: number): tf.Tensor {
  return sizeOf(shape) === 0 ? tf.zeros([...shape]) : tf.fill([...shape], value);
}

/** Numbers filled up to a multiple of four, as uniforms of four-vectors take them. */
function fours(numbers: readonly number[]): number[] {
  return [...numbers, ...Array.from({ length: -numbers.length & 3 }, () => 0)];
}

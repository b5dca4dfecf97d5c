// SPDX-License-Identifier: Apache-2.0
// The executor of the webgl backend: packed fragment programs, made and run by tfjs' own machinery.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported, type Executor, type Kernel } from '../../executor.js';
import type { ReductionName } from '../../language.js';
import { hostValues, type Program } from '../../program.js';
import { compileSteps } from '../../run-steps.js';
import { sizeOf, type Shape } from '../../shape.js';
import { assertContext, launch, maxTextures, packed } from './backend.js';
import { writeReduction, writeValue } from './fragment.js';
import type { Fragment } from './writer.js';

type Hosts = ReturnType<typeof hostValues>;
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

/**
 * One program per elementwise output, and few for a reduction to one element; reductions over some axes are tfjs' own,
 * of what a program made. Textures cannot be changed in place: every output is new.
 */
export const webglExecutor: Executor = {
  name: 'webgl',
  compileSteps,
  compile(phase: Program): Kernel {
    const steps = plan(phase, maxTextures());
    const sampled = new Set(steps.flatMap(({ fragments }) => fragments[0]!.tensors));
    return {
      executor: 'webgl',
      run: (inputs, scalars) =>
        tf.tidy(() => {
          assertContext(phase.name);
          const hosts = hostValues(phase, scalars);
          const values = new Map(phase.inputs.map((at, i) => [at, inputs[i]!]));
          const textures = new Map([...values].map(([at, x]) => [at, sampled.has(at) ? packed(x) : x]));
          for (const step of steps) {
            const made = runStep(step, textures, hosts);
            values.set(step.node, made);
            textures.set(step.node, made);
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
  },
};

/** What a program has to make for an output: the output, or what is then reduced over some axes. */
function targetOf({ nodes }: Program, node: number): number {
  const { op, args, shape } = nodes[node]!;
  return op in reductions && sizeOf(shape) !== 1 ? args[0]! : node;
}

/** Steps in an order in which later ones read what earlier ones made. */
function plan(phase: Program, limit: number): Step[] {
  const known = new Set(phase.inputs);
  const targets = new Set(phase.outputs.map(({ node }) => targetOf(phase, node)));
  const steps: Step[] = [];
  for (const node of [...targets].sort((a, b) => a - b)) {
    const { op, args, host } = phase.nodes[node]!;
    const isReduction = op in reductions;
    const { shape: swept } = phase.nodes[isReduction ? args[0]! : node]!;
    if (host || known.has(node) || sizeOf(swept) === 0) continue;
    const fragments = isReduction ? writeReduction(phase, node, known) : [writeValue(phase, node, known)];
    const count = fragments[0]!.tensors.length;
    if (count > limit) throw new Unsupported(`it reads ${count} textures, and a shader here takes ${limit}`);
    steps.push({ node, fragments });
    if (!isReduction) known.add(node);
  }
  return steps;
}

function runStep({ fragments }: Step, textures: ReadonlyMap<number, tf.Tensor>, hosts: Hosts): tf.Tensor {
  let made: tf.Tensor | undefined;
  for (const { program, shape, tensors, sizes, hosts: wanted } of fragments) {
    const inputs = made ? [made] : tensors.map((at) => textures.get(at)!);
    const numbers = wanted.map((at) => Number(hosts[at]));
    made = launch(program, shape, inputs, [fours(sizes), fours(numbers)]);
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

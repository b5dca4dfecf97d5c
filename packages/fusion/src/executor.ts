// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { opsExecutor } from './executors/ops.js';
import { intermediate, phasePrograms, type Program } from './program.js';

/** A program made ready for one backend. */
export interface Kernel {
  /** Name of the executor that made it. */
  readonly executor: string;
  /**
   * Runs the program once.
   *
   * @param inputs - tensors in the order of `program.inputs`; they stay the caller's
   * @param scalars - numbers in the order of `program.scalars`
   * @returns one tensor per output, in the order of `program.outputs`: a new tensor, or the very input it replaces
   * when that was updated in place
   */
  run(inputs: readonly tf.Tensor[], scalars: readonly number[]): tf.Tensor[];
}

/** Turns phases into kernels for the backends it serves. */
export interface Executor {
  readonly name: string;
  /**
   * Compiles one phase: a program whose reductions stand only right before an output (see {@link phasePrograms}).
   * @throws Unsupported for a phase it does not take; plain ops then run that phase
   */
  compile(phase: Program): Kernel;
}

/** Why an executor does not take a phase. */
export class Unsupported extends Error {
  override readonly name: string = 'Unsupported';
}

const executors = new Map<string, Executor>();
const kernels = new WeakMap<Program, Map<string, Kernel>>();

/** Makes `executor` the one for a backend. Backends without one use plain TensorFlow.js ops. */
export function registerExecutor(backend: string, executor: Executor): void {
  executors.set(backend, executor);
}

/** The program's kernel for the active backend, compiled at first use. */
export function kernelFor(program: Program): Kernel {
  const backend = tf.getBackend();
  let byBackend = kernels.get(program);
  if (!byBackend) kernels.set(program, (byBackend = new Map()));
  let kernel = byBackend.get(backend);
  if (!kernel) byBackend.set(backend, (kernel = compile(program, executors.get(backend))));
  return kernel;
}

function compile(program: Program, executor: Executor | undefined): Kernel {
  const reference = opsExecutor.compile(program);
  if (!executor) return reference;
  const phases = phasePrograms(program);
  const parts = phases.map((phase) => compilePhase(phase, executor));
  if (parts.every((part) => part.executor === opsExecutor.name)) return reference;
  const fused = sequence(program, phases, parts);
  return {
    executor: executor.name,
    // A gradient being recorded needs ops, whose gradients are known, and no input may change under it.
    run: (inputs, scalars) => (isRecording() ? reference : fused).run(inputs, scalars),
  };
}

function compilePhase(phase: Program, executor: Executor): Kernel {
  try {
    return executor.compile(phase);
  } catch (error) {
    if (error instanceof Unsupported) return opsExecutor.compile(phase);
    throw error;
  }
}

function isRecording(): boolean {
  return (tf.engine() as unknown as { state?: { gradientDepth?: number } }).state?.gradientDepth !== 0;
}

/** Runs phases in order, handing on what each reduced. */
function sequence(program: Program, phases: readonly Program[], parts: readonly Kernel[]): Kernel {
  // Where a tensor stands in the list of all there are: inputs, then the outputs of each phase in turn.
  const places = program.inputs.map((at) => program.nodes[at]!.name!);
  const plans = phases.map((phase) => {
    const inputs = phase.inputs.map((at) => places.indexOf(phase.nodes[at]!.name!));
    places.push(...phase.outputs.map(({ name }) => name));
    return { inputs, scalars: phase.scalars.map((name) => program.scalars.indexOf(name)) };
  });
  const reduced = new Set(program.phases.flatMap(({ reductions }) => reductions));
  const wanted = program.outputs.map(({ name, node }) =>
    places.lastIndexOf(reduced.has(node) ? intermediate(node) : name),
  );
  return {
    executor: parts[0]!.executor,
    run(inputs, scalars) {
      const values = [...inputs];
      plans.forEach((plan, i) => {
        const tensors = plan.inputs.map((at) => values[at]!);
        values.push(...parts[i]!.run(tensors, plan.scalars.map((at) => scalars[at]!)));
      });
      const results = wanted.map((at, i) => (wanted.indexOf(at) === i ? values[at]! : tf.clone(values[at]!)));
      for (const made of values.slice(inputs.length)) {
        if (!results.includes(made) && !inputs.includes(made)) made.dispose();
      }
      return results;
    },
  };
}

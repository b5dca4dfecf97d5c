// SPDX-License-Identifier: Apache-2.0
// Compiles programs without tensor operations: phase by phase, or all phases together where the executor does.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported, type Compiled, type Executor, type Kernel, type Ran } from './executor.js';
import { opsExecutor } from './executors/ops.js';
import { isReduction } from './language.js';
import { phasePrograms } from './phases.js';
import type { Program } from './program.js';
import { intermediate } from './subprogram.js';
import { isWatched, visible } from './watch.js';

/** Compiles a program with an executor, and with plain ops the phases it does not take. */
export function compileSweeps(program: Program, executor: Executor): Compiled {
  const phases = phasePrograms(program);
  const parts = phases.map((phase) => compilePhase(phase, executor));
  const reports = parts.map(({ ran }) => ran);
  if (reports.every(({ fallback }) => fallback !== undefined)) {
    return { kernel: opsExecutor.compile(program), reports };
  }
  const kernels = parts.map(({ kernel }) => kernel);
  const separate = kernels.length === 1 ? kernels[0]! : sequence(program, phases, kernels);
  const isFused = reports.every(({ fallback }) => fallback === undefined);
  const fused = (isFused && executor.compileAll?.(program, phases)) || separate;
  const kernel: Kernel = {
    executor: executor.name,
    run: (inputs, scalars) => (isWatched() ? separate : fused).run(inputs, scalars),
  };
  return { kernel, reports };
}

function compilePhase(program: Program, executor: Executor): { kernel: Kernel; ran: Ran } {
  try {
    const kernel = visible(program.name, executor.compile(program));
    const { perDispatch } = kernel;
    return { kernel, ran: { program, executor: executor.name, ...(perDispatch && { perDispatch }) } };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const kernel = opsExecutor.compile(program);
    return { kernel, ran: { program, executor: kernel.executor, fallback: error.message } };
  }
}

/** Runs phases in order, handing on what each reduced or kept. */
function sequence(program: Program, phases: readonly Program[], parts: readonly Kernel[]): Kernel {
  // Where a tensor stands in the list of all there are: inputs, then the outputs of each phase in turn.
  const places = program.inputs.map((at) => program.nodes[at]!.name!);
  const plans = phases.map((phase) => {
    const inputs = phase.inputs.map((at) => places.indexOf(phase.nodes[at]!.name!));
    places.push(...phase.outputs.map(({ name }) => name));
    return { inputs, scalars: phase.scalars.map((name) => program.scalars.indexOf(name)) };
  });
  const wanted = program.outputs.map(({ name, node }) =>
    places.lastIndexOf(isReduction(program.nodes[node]!.op) ? intermediate(node) : name),
  );
  // The numbers of each phase, the same array as long as those of the program are.
  let given: readonly number[] | null = null;
  let numbers: number[][] = [];
  return {
    executor: parts[0]!.executor,
    run(inputs, scalars) {
      if (scalars !== given) {
        numbers = plans.map((plan) => plan.scalars.map((at) => scalars[at]!));
        given = scalars;
      }
      const values = [...inputs];
      plans.forEach((plan, i) => {
        const tensors = plan.inputs.map((at) => values[at]!);
        values.push(...parts[i]!.run(tensors, numbers[i]!));
      });
      const results = wanted.map((at, i) => (wanted.indexOf(at) === i ? values[at]! : tf.clone(values[at]!)));
      for (const made of values.slice(inputs.length)) {
        if (!results.includes(made) && !inputs.includes(made)) made.dispose();
      }
      return results;
    },
  };
}

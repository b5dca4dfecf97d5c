// SPDX-License-Identifier: Apache-2.0
// Runs the steps of a program with tensor operations. What they hand on lives until its last reader has run.

import type { PlacedOperation } from './graph.js';
import * as tf from '@tensorflow/tfjs-core';
import type { CompileProgram, Compiled, Kernel } from './executor.js';
import { hostValues, type Program } from './program.js';
import { sizeOf, type Shape } from './shape.js';
import { stepsOf, type OperationStep } from './steps.js';
import { handed, structureOf } from './subprogram.js';
import { compileSweeps } from './sweeps.js';

/** A step with its places in the list of all tensors of a run. */
interface Plan {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Places of what no later step reads. */
  readonly frees: number[];
  run(tensors: readonly tf.Tensor[], hosts: Hosts, scalars: readonly number[]): readonly tf.Tensor[];
  /** Places of the numbers it takes, if it does. */
  readonly scalars?: readonly number[];
  /** Same for equal steps. */
  readonly key: string;
  readonly reports: Compiled['reports'];
}

type Hosts = ReturnType<typeof hostValues>;

/** Compiles a program with tensor operations. */
export const compileSteps: CompileProgram = (program, executor, compiled) => {
  const places = new Map(program.inputs.map((at, place) => [program.nodes[at]!.name!, place]));
  let next = program.inputs.length;
  const allocate = (name: string): number => {
    places.set(name, next);
    return next++;
  };
  const plans = stepsOf(program).map((step): Plan => {
    if ('results' in step) return planOperation(program, step, places, allocate);
    const { nodes, inputs, scalars, outputs } = step.program;
    const key = structureOf(step.program);
    const { kernel, reports } = compiled(key, () => compileSweeps(step.program, executor));
    return {
      inputs: inputs.map((at) => places.get(nodes[at]!.name!)!),
      // An input that is replaced is not read again under its name.
      outputs: outputs.map(({ name }) => allocate(name)),
      frees: [],
      run: (tensors, _, numbers) => kernel.run(tensors, numbers),
      scalars: scalars.map((name) => program.scalars.indexOf(name)),
      key,
      reports,
    };
  });
  const results = program.outputs.map(({ name, node }) => places.get(handed(node)) ?? places.get(name)!);
  planFrees(plans, program.inputs.length, new Set(results));
  return { kernel: runner(program, plans, results), reports: summed(plans) };
};

function planOperation(
  program: Program,
  { results }: OperationStep,
  places: ReadonlyMap<string, number>,
  allocate: (name: string) => number,
): Plan {
  const { nodes } = program;
  const { args, call } = nodes[results[0]!.node]!;
  const { operation, attributes, key } = call!;
  const tensorArgs = args.filter((arg) => !nodes[arg]!.host);
  const outputs = results.map(({ node }) => allocate(handed(node)));
  const { transposed } = attributes as { transposed?: readonly boolean[] };
  const shown = (shape: Shape, i: number): string => `[${shape}]${transposed?.[i] ? 'ᵀ' : ''}`;
  const shapes = (operation.takesNumbers ? results.map(({ node }) => node) : args).map(
    (at) => nodes[at]!.shape,
  );
  const label = [operation.name, ...shapes.map(shown)].join(' ');
  const bytes = (all: readonly number[]): number =>
    all.reduce((sum, at) => sum + 4 * sizeOf(nodes[at]!.shape), 0);
  return {
    inputs: tensorArgs.map((arg) => {
      const { op: own, name } = nodes[arg]!;
      return places.get(own === 'input' ? name! : handed(arg))!;
    }),
    outputs,
    frees: [],
    run(tensors, hosts) {
      let next = 0;
      const operands = args.map((arg) => (nodes[arg]!.host ? Number(hosts[arg]) : tensors[next++]!));
      const made = operation.run(operands as tf.Tensor[], attributes);
      const wanted = results.map(({ result }) => made[result]!);
      for (const tensor of made) if (!wanted.includes(tensor)) tensor.dispose();
      return wanted;
    },
    key: `${label}|${key}`,
    reports: (operation as PlacedOperation).place
      ? []
      : [
          {
            phase: `${program.name}: ${label}`,
            executor: 'tfjs',
            operations: 1,
            bytesRead: bytes(tensorArgs),
            bytesWritten: bytes(results.map(({ node }) => node)),
          },
        ],
  };
}

/** Finds the step after which each tensor is free. */
function planFrees(plans: readonly Plan[], inputs: number, results: ReadonlySet<number>): void {
  const last = new Map<number, Plan>();
  for (const plan of plans) for (const place of [...plan.outputs, ...plan.inputs]) last.set(place, plan);
  for (const [place, plan] of last) if (place >= inputs && !results.has(place)) plan.frees.push(place);
}

function runner(program: Program, plans: readonly Plan[], results: readonly number[]): Kernel {
  let given: readonly number[] | null = null;
  let hosts: Hosts = [];
  // Equal steps share a kernel, which takes the same array for the same numbers.
  let numbers: readonly (readonly number[])[] = [];
  return {
    executor: 'steps',
    run(inputs, scalars) {
      if (scalars !== given) {
        const arrays = new Map<string, number[]>();
        numbers = plans.map(({ scalars: own = [] }) => {
          const key = own.join();
          if (!arrays.has(key))
            arrays.set(
              key,
              own.map((at) => scalars[at]!),
            );
          return arrays.get(key)!;
        });
        hosts = hostValues(program, scalars);
        given = scalars;
      }
      const values: (tf.Tensor | undefined)[] = [...inputs];
      try {
        plans.forEach((plan, i) => {
          const made = plan.run(
            plan.inputs.map((place) => values[place]!),
            hosts,
            numbers[i]!,
          );
          plan.outputs.forEach((place, at) => (values[place] = made[at]!));
          for (const place of plan.frees) {
            // It may have been replaced in place.
            const value = values[place]!;
            if (plan.outputs.includes(place) || !made.includes(value)) value.dispose();
            values[place] = undefined;
          }
        });
      } catch (error) {
        for (const value of values.slice(inputs.length))
          if (value && !inputs.includes(value)) value.dispose();
        throw error;
      }
      return results.map((place, i) =>
        results.indexOf(place) === i ? values[place]! : tf.clone(values[place]!),
      );
    },
  };
}

/** One row for phases that are equal. */
function summed(plans: readonly Plan[]): Compiled['reports'] {
  const counts = new Map<string, { times: number; reports: Compiled['reports'] }>();
  for (const { key, reports } of plans) {
    const known = counts.get(key);
    if (known) known.times++;
    else counts.set(key, { times: 1, reports });
  }
  return [...counts.values()].flatMap(({ times, reports }) =>
    reports.map((row) => (times > 1 ? { ...row, times } : row)),
  );
}

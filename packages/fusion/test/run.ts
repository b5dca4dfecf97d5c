// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { opsExecutor, trace, type Kernel, type Program, type Rule, type Shape } from '../src/index.js';

/** Elements of a tensor and its shape. */
export interface Data {
  readonly shape: Shape;
  readonly elements: readonly number[];
}

/** A tensor of rank 1, or of the given shape. */
export function data(elements: readonly number[], shape: Shape = [elements.length]): Data {
  return { shape, elements };
}

/** Runs a kernel of a program once, on tensors by name; gives the outputs by name. */
export async function runKernel(
  kernel: Kernel,
  program: Program,
  tensors: Record<string, Data>,
  scalars: Record<string, number> = {},
): Promise<Record<string, Data>> {
  const inputs = program.inputs.map((at) => {
    const { shape, elements } = tensors[program.nodes[at]!.name!]!;
    return tf.tensor([...elements], [...shape], 'float32');
  });
  const outputs = kernel.run(
    inputs,
    program.scalars.map((name) => scalars[name]!),
  );
  const results = await Promise.all(
    outputs.map(async (output) => data([...(await output.data())], output.shape)),
  );
  tf.dispose([inputs, outputs]);
  return Object.fromEntries(program.outputs.map(({ name }, i) => [name, results[i]!]));
}

/** Traces a rule for the given tensors and runs it, with plain ops unless an executor is given. */
export async function run(
  rule: Rule,
  tensors: Record<string, Data>,
  scalars: Record<string, number> = {},
  compile: (program: Program) => Kernel = opsExecutor.compile,
): Promise<Record<string, Data>> {
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  const program = trace('Test', shapes, Object.keys(scalars), rule);
  return runKernel(compile(program), program, tensors, scalars);
}

// SPDX-License-Identifier: Apache-2.0
// Kernels, and what they are run on.

import { kernelFor, type Kernel, type Program } from '@optim/fusion';
import type * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../state/parameters.js';
import type { Binding } from './binding.js';
import { preparedGradient } from './composition.js';

/** Tensors by name. */
export type Tensors = Record<string, tf.Tensor>;

/** Where an input of a name stands. */
interface Place {
  readonly at: number;
  readonly name: string;
}

/** A kernel and where its inputs come from. */
export interface BoundKernel {
  readonly program: Program;
  readonly kernel: Kernel;
  /** Inputs that are the same in every step; the others are filled in before each run. */
  readonly inputs: (tf.Tensor | null)[];
  readonly given: readonly Place[];
  readonly globals: readonly Place[];
  /** Variables the outputs go to; undefined for what is handed on. */
  readonly targets: readonly (tf.Variable | undefined)[];
}

/** The kernel of a program for one parameter. */
export function bindKernel(
  program: Program,
  { variable, slots }: Parameter,
  given: Readonly<Tensors>,
): BoundKernel {
  const names = program.inputs.map((at) => program.nodes[at]!.name!);
  const tensors: Record<string, tf.Variable | undefined> = { ...slots, param: variable };
  return {
    program,
    kernel: kernelFor(program),
    inputs: names.map((name) => tensors[name] ?? null),
    given: names.flatMap((name, at) => (name in given || name === preparedGradient ? [{ at, name }] : [])),
    globals: names.flatMap((name, at) => (name.startsWith('@') ? [{ at, name: name.slice(1) }] : [])),
    targets: program.outputs.map(({ name }) => tensors[name]),
  };
}

/** Runs it on what is given in a step. */
export function runBound(
  bound: BoundKernel,
  given: Readonly<Tensors>,
  binding: Binding,
  globals: Tensors,
): tf.Tensor[] {
  const { inputs } = bound;
  for (const { at, name } of bound.given) inputs[at] = given[name]!;
  for (const { at, name } of bound.globals) inputs[at] = globals[name]!;
  return bound.kernel.run(inputs as tf.Tensor[], numbersFor(bound.program, binding));
}

/** The numbers of a program in its order, always the same array of one binding. */
export function numbersFor(program: Program, binding: Binding): readonly number[] {
  let numbers = binding.arrays.get(program);
  if (!numbers)
    binding.arrays.set(program, (numbers = program.scalars.map((name) => binding.numbers[name]!)));
  return numbers;
}

// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';
import type { Node, Program } from './program.js';
import type { TensorOperation } from './tensor-operations.js';

/** A program made ready for one backend. */
export interface Kernel {
  /** Name of the executor that made it. */
  readonly executor: string;
  /** How many runs, one after the other on tensors of their own, share a dispatch of the GPU, where more than one do. */
  readonly perDispatch?: number;
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
  /**
   * Compiles all phases of a program into one kernel, which keeps to itself what they hand on to each other; `null`
   * where it is better to run them one by one.
   * @throws Unsupported for phases it does not take
   */
  compileAll?(program: Program, phases: readonly Program[]): Kernel | null;
  /** Adds scalars, where the sum of TensorFlow.js would round what programs make of them. */
  sum?(scalars: readonly tf.Tensor[]): tf.Tensor;
}

/** Compiles a program with tensor operations by an executor; `compiled` finds the kernel of a structure, or makes it. */
export type CompileProgram = (
  program: Program,
  executor: Executor,
  compiled: (structure: string, make: () => Compiled) => Compiled,
) => Compiled;

/** What tensor operations made in a run, by operation and operands. */
export type Made = Map<string, tf.Tensor[]>;

/** A tensor operation with what runs programs that have such, which others need not load. */
export interface CompilableOperation extends TensorOperation {
  readonly compile: CompileProgram;
  /** The value of a node by plain ops. */
  evaluate(node: Node, args: readonly (tf.Tensor | number | boolean)[], made: Made): tf.Tensor;
}

/** A kernel, and how what it was made of runs. */
export interface Compiled {
  readonly kernel: Kernel;
  readonly reports: readonly (PhaseReport | Ran)[];
}

/** What a {@link PhaseReport} is made of when somebody asks for it. */
export interface Ran extends Pick<PhaseReport, 'executor' | 'times' | 'perDispatch' | 'fallback'> {
  readonly program: Program;
}

/** How one phase of a program runs, or several that are equal. */
export interface PhaseReport {
  /** Name of the first of them; of tensor operations also what they do. */
  readonly phase: string;
  /** Name of the executor that runs it; `tfjs` for tensor operations. */
  readonly executor: string;
  /** How often such a phase runs in one run of the program, where that is more than once. */
  readonly times?: number;
  /** How many runs of it, for parameters one after the other, share a dispatch of the GPU, where more than one do. */
  readonly perDispatch?: number;
  /** Elementwise operations, reductions and tensor operations in it. */
  readonly operations: number;
  /** Bytes of the tensors it reads. */
  readonly bytesRead: number;
  /** Bytes of the tensors it writes. */
  readonly bytesWritten: number;
  /** Why plain ops run it, where they do. */
  readonly fallback?: string;
}

/** Why an executor does not take a phase. */
export class Unsupported extends Error {
  override readonly name: string = 'Unsupported';
}

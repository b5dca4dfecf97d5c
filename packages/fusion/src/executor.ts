// SPDX-License-Identifier: Apache-2.0

import type * as tf from '@tensorflow/tfjs-core';
import type { Program } from './program.js';

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
  /**
   * Compiles all phases of a program into one kernel, which keeps to itself what they hand on to each other; `null`
   * where it is better to run them one by one.
   * @throws Unsupported for phases it does not take
   */
  compileAll?(program: Program, phases: readonly Program[]): Kernel | null;
}

/** Why an executor does not take a phase. */
export class Unsupported extends Error {
  override readonly name: string = 'Unsupported';
}

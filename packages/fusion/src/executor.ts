// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { opsExecutor } from './executors/ops.js';
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

/** Turns programs into kernels for the backends it serves. */
export interface Executor {
  readonly name: string;
  compile(program: Program): Kernel;
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
  if (!kernel) byBackend.set(backend, (kernel = (executors.get(backend) ?? opsExecutor).compile(program)));
  return kernel;
}

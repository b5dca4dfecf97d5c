// SPDX-License-Identifier: Apache-2.0

import type { Kernel } from './executor.js';
import type { Program } from './program.js';
import { sizeOf } from './shape.js';

/** How one phase of a program runs, or several that are equal. */
export interface PhaseReport {
  /** Name of the first of them; of tensor operations also what they do. */
  readonly phase: string;
  /** Name of the executor that runs it; `tfjs` for tensor operations. */
  readonly executor: string;
  /** How often such a phase runs in one run of the program, where that is more than once. */
  readonly times?: number;
  /** Elementwise operations, reductions and tensor operations in it. */
  readonly operations: number;
  /** Bytes of the tensors it reads. */
  readonly bytesRead: number;
  /** Bytes of the tensors it writes. */
  readonly bytesWritten: number;
  /** Why plain ops run it, where they do. */
  readonly fallback?: string;
}

/** A kernel, and how what it was made of runs. */
export interface Compiled {
  readonly kernel: Kernel;
  readonly reports: readonly PhaseReport[];
}

/** Reports how a phase, or a whole program, runs. */
export function report(phase: Program, executor: string, fallback?: string): PhaseReport {
  const bytes = (nodes: readonly number[]): number =>
    nodes.reduce((total, at) => total + 4 * sizeOf(phase.nodes[at]!.shape), 0);
  return {
    phase: phase.name,
    executor,
    operations: phase.nodes.filter(({ host, op }) => !host && op !== 'input' && op !== 'broadcast').length,
    bytesRead: bytes(phase.inputs),
    bytesWritten: bytes(phase.outputs.map(({ node }) => node)),
    ...(fallback !== undefined && { fallback }),
  };
}

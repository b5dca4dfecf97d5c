// SPDX-License-Identifier: Apache-2.0

import type { PhaseReport } from './executor.js';
import type { Program } from './program.js';
import { sizeOf } from './shape.js';

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

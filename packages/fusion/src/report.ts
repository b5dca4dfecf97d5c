// SPDX-License-Identifier: Apache-2.0

import type { PhaseReport, Ran } from './executor.js';
import { sizeOf } from './shape.js';

/** Reports how a phase, or a whole program, runs. */
export function report({ program, ...how }: Ran): PhaseReport {
  const bytes = (nodes: readonly number[]): number =>
    nodes.reduce((total, at) => total + 4 * sizeOf(program.nodes[at]!.shape), 0);
  return {
    phase: program.name,
    ...how,
    operations: program.nodes.filter(({ host, op }) => !host && op !== 'input' && op !== 'broadcast').length,
    bytesRead: bytes(program.inputs),
    bytesWritten: bytes(program.outputs.map(({ node }) => node)),
  };
}

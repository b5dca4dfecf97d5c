// SPDX-License-Identifier: Apache-2.0

import { assemblyKernels, reserved } from './assembly.js';
import type { Kernels } from './kernels.js';
import { scriptKernels } from './script.js';

/** Memory for one computation, and the kernels that work in it. */
export interface Workspace {
  kernels: Kernels;
  /** The whole memory; the kernels' positions are indices into it. */
  data: Float64Array;
  /** Position of `size` numbers that nothing else uses; they hold zeros. */
  take(size: number): number;
}

/**
 * A distance between rows of `n` numbers at which the rows do not compete for the same places of the cache:
 * an odd number of cache lines.
 */
export const pitch = (n: number): number => 8 * (Math.ceil(n / 8) | 1);

const pageBytes = 65536;
/** A memory that is larger is given back after use, since a WebAssembly memory never shrinks. */
const keptBytes = 16 * 2 ** 20;

let shared: { memory: WebAssembly.Memory; kernels: Kernels } | null | undefined;

/**
 * The shared memory, grown to `bytes`; `null` where WebAssembly, or its vectors, are missing or forbidden.
 */
function grown(bytes: number): { memory: WebAssembly.Memory; kernels: Kernels } | null {
  if (shared === undefined) {
    try {
      const memory = new WebAssembly.Memory({ initial: 1 });
      shared = { memory, kernels: assemblyKernels(memory) };
    } catch {
      shared = null;
    }
  }
  const missing = bytes - (shared?.memory.buffer.byteLength ?? bytes);
  if (missing > 0) shared!.memory.grow(Math.ceil(missing / pageBytes));
  return shared;
}

/**
 * Runs a computation in a workspace of at most `size` numbers; the computation must copy its results out of
 * it.
 * @param script - plain JavaScript in place of WebAssembly
 */
export function inWorkspace<T>(size: number, compute: (space: Workspace) => T, script = false): T {
  const bytes = 8 * (reserved + size);
  const assembly = script ? null : grown(bytes);
  const data = new Float64Array(assembly?.memory.buffer ?? new ArrayBuffer(bytes));
  const kernels = assembly?.kernels ?? scriptKernels(data);
  let free = reserved;
  const take = (count: number): number => {
    const at = free;
    free += count;
    data.fill(0, at, free);
    return at;
  };
  try {
    return compute({ kernels, data, take });
  } finally {
    if (assembly && assembly.memory.buffer.byteLength > keptBytes) shared = undefined;
  }
}

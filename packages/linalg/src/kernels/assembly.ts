// SPDX-License-Identifier: Apache-2.0
// The kernels in WebAssembly, two float64 numbers at a time.

import { encodeModule } from './emitter.js';
import { gemm } from './gemm.js';
import type { Kernels } from './kernels.js';
import { rotate } from './rotate.js';
import { dots, reflect, sweep } from './rows.js';

/** Rows of B that are packed at a time: four columns of them are 8 kB, which stay in the first cache. */
const packedRows = 256;

/** Numbers at the start of the memory that are not for the caller. */
export const reserved: number = packedRows * 4;

let compiled: WebAssembly.Module | undefined;

/** The kernels on a memory; throws where WebAssembly, or its vectors, are missing or forbidden. */
export function assemblyKernels(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(encodeModule([gemm(), dots(), reflect(), sweep(), rotate()]));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const kernels = exports as unknown as Kernels;
  return {
    ...kernels,
    gemm(m, n, k, alpha, a, aRow, aColumn, b, bRow, c, cRow) {
      for (let at = 0; at < k; at += packedRows) {
        const depth = Math.min(packedRows, k - at);
        kernels.gemm(m, n, depth, alpha, a + at * aColumn, aRow, aColumn, b + at * bRow, bRow, c, cRow);
      }
    },
  };
}

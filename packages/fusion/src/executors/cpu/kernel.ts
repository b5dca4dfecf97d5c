// SPDX-License-Identifier: Apache-2.0
// The executor of the cpu backend: the WebAssembly kernels over a small memory of our own, through which the backend's
// arrays are staged.

import type { Executor } from '../../executor.js';
import { compileSteps } from '../../run-steps.js';
import { assertKnown, cpuBackend } from './backend.js';
import { blockKernel } from './blocks.js';
import { stagedKernel } from './staged.js';

/** WebAssembly SIMD kernels over staged copies of the cpu backend's arrays. */
export const cpuExecutor: Executor = {
  name: 'cpu',
  compile(phase) {
    assertKnown(cpuBackend());
    return stagedKernel(phase, [phase]) ?? blockKernel(phase);
  },
  compileAll: stagedKernel,
  compileSteps,
};

// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe } from 'vitest';
import { blockKernel } from '../src/executors/cpu/blocks.js';
import { cpuExecutor } from '../src/executors/cpu/kernel.js';
import { registerExecutor, type Executor } from '../src/index.js';
import { compileSteps } from '../src/run-steps.js';
import { webAssembly } from './precision.js';
import { webAssemblySuite } from './web-assembly.js';

webAssemblySuite(cpuExecutor);

describe('as large tensors are, phase by phase and in blocks', () => {
  const blocks: Executor = {
    name: 'blocks',
    compile: (phase) => blockKernel(phase, 8),
    compileSteps,
  };
  beforeAll(() => registerExecutor('cpu', blocks));
  afterAll(() => registerExecutor('cpu', cpuExecutor));
  // Sums of blocks are rounded.
  webAssemblySuite(blocks, 1000, { ...webAssembly, sum: 2 ** -24 });
});

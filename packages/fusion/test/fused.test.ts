// SPDX-License-Identifier: Apache-2.0
// The executors of the backends' own kernels against the interpreter, over random programs.

import * as fc from 'fast-check';
import { describe, inject, it } from 'vitest';
import { kernelFor, phasePrograms, type Executor } from '../src/index.js';
import { cpuExecutor } from '../src/executors/cpu/kernel.js';
import { wasmExecutor } from '../src/executors/wasm/kernel.js';
import { checkKernel } from './check.js';
import { correctlyRounded, type Precision } from './precision.js';
import { any, ordinary, samples } from './programs.js';

/** Both compute in IEEE 754 throughout, with sums in float64 and the functions of JavaScript. */
const fused: Readonly<Partial<Record<string, { executor: Executor; precision: Precision }>>> = {
  cpu: { executor: cpuExecutor, precision: correctlyRounded },
  wasm: { executor: wasmExecutor, precision: correctlyRounded },
};

const subject = fused[inject('backend')];

describe.runIf(subject).each([
  ['ordinary numbers', ordinary],
  ['NaN, infinities, zeros and denormals', any],
] as const)('random programs on %s', (_, element) => {
  it('one phase gives what the interpreter allows', async () => {
    const { executor, precision } = subject!;
    const single = samples(element).filter(({ program }) => program.phases.length === 1);
    const property = fc.asyncProperty(single, (sample) =>
      checkKernel(executor.compile(phasePrograms(sample.program)[0]!), sample, precision),
    );
    await fc.assert(property, { numRuns: 3000, seed: 7 });
  });

  it('several phases give what the interpreter allows', async () => {
    const { precision } = subject!;
    const property = fc.asyncProperty(samples(element), (sample) =>
      checkKernel(kernelFor(sample.program), sample, precision),
    );
    await fc.assert(property, { numRuns: 3000, seed: 11 });
  });
});

// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { kernelFor, phasePrograms, type Executor } from '../src/index.js';
import { checkKernel } from './check.js';
import { webAssembly, type Precision } from './precision.js';
import { any, keeping, ordinary, samples, tensorSamples } from './programs.js';

/**
 * Random programs on the active backend, whose own executor is given. WebAssembly computes in IEEE 754 throughout, with
 * sums in float64: results are exact but for exp, log and pow.
 *
 * @param precision - where it is another one
 */
export function webAssemblySuite(
  executor: Executor,
  numRuns = 3000,
  precision: Precision = webAssembly,
): void {
  describe.each([
    ['ordinary numbers', ordinary],
    ['NaN, infinities, zeros and denormals', any],
  ] as const)('random programs on %s', (_, element) => {
    it('one phase gives what the interpreter allows', async () => {
      const single = samples(element).filter(({ program }) => program.phases.length === 1);
      const property = fc.asyncProperty(single, (sample) =>
        checkKernel(executor.compile(phasePrograms(sample.program)[0]!), sample, precision),
      );
      await fc.assert(property, { numRuns, seed: 7 });
    });

    it('several phases give what the interpreter allows', async () => {
      const property = fc.asyncProperty(samples(element), (sample) =>
        checkKernel(kernelFor(sample.program), sample, precision),
      );
      await fc.assert(property, { numRuns, seed: 11 });
    });

    it('so do tensor operations between them', async () => {
      const property = fc.asyncProperty(tensorSamples(element), (sample) =>
        checkKernel(kernelFor(sample.program), sample, precision),
      );
      await fc.assert(property, { numRuns: Math.ceil(numRuns / 3), seed: 17 });
    });

    it('so do phases that keep every small value', async () => {
      const property = fc.asyncProperty(keeping(samples(element)), (sample) =>
        checkKernel(kernelFor(sample.program), sample, precision),
      );
      await fc.assert(property, { numRuns: numRuns / 50, seed: 13 });
    });
  });
}

// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { kernelFor, phasePrograms, type Executor } from '../src/index.js';
import { split } from '../src/phases.js';
import { checkKernel } from './check.js';
import { webAssembly } from './precision.js';
import { any, ordinary, samples, type Sample } from './programs.js';

/**
 * Random programs on the active backend, whose own executor is given. WebAssembly computes in IEEE 754 throughout, with
 * sums in float64: results are exact but for exp, log and pow.
 */
export function webAssemblySuite(executor: Executor): void {
  describe.each([
    ['ordinary numbers', ordinary],
    ['NaN, infinities, zeros and denormals', any],
  ] as const)('random programs on %s', (_, element) => {
    it('one phase gives what the interpreter allows', async () => {
      const single = samples(element).filter(({ program }) => program.phases.length === 1);
      const property = fc.asyncProperty(single, (sample) =>
        checkKernel(executor.compile(phasePrograms(sample.program)[0]!), sample, webAssembly),
      );
      await fc.assert(property, { numRuns: 3000, seed: 7 });
    });

    it('several phases give what the interpreter allows', async () => {
      const property = fc.asyncProperty(samples(element), (sample) =>
        checkKernel(kernelFor(sample.program), sample, webAssembly),
      );
      await fc.assert(property, { numRuns: 3000, seed: 11 });
    });

    it('so do phases that keep every small value', async () => {
      const kept = samples(element)
        .map((sample): Sample => {
          const { nodes, outputs } = sample.program;
          const phases = split(nodes, outputs, (elements, swept) => elements < swept);
          return { ...sample, program: { ...sample.program, phases } };
        })
        .filter(({ program }) => program.phases.some((phase) => phase.kept.length > 0));
      const property = fc.asyncProperty(kept, (sample) =>
        checkKernel(kernelFor(sample.program), sample, webAssembly),
      );
      await fc.assert(property, { numRuns: 60, seed: 13 });
    });
  });
}

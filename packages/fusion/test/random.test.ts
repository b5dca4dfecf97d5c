// SPDX-License-Identifier: Apache-2.0
// The ops executor against the interpreter, over random programs.

import * as fc from 'fast-check';
import { describe, inject, it } from 'vitest';
import { kernelFor, opsExecutor, type Kernel, type Program } from '../src/index.js';
import { checkKernel } from './check.js';
import { opsPrecision } from './precision.js';
import { any, ordinary, samples, tensorSamples } from './programs.js';
import { withExecutor } from './seam.js';

const backend = inject('backend');
const precision = opsPrecision[backend];
// A browser compiles a shader for every operation and shape that is new.
const numRuns = backend === 'cpu' || backend === 'wasm' ? 300 : 40;
const parameters = { numRuns, seed: 20260101 };

describe.each([
  ['ordinary numbers', ordinary],
  ['NaN, infinities, zeros and denormals', any],
] as const)('random programs on %s give what the interpreter allows', (_, element) => {
  it('with plain ops', async () => {
    const property = fc.asyncProperty(samples(element), (sample) =>
      checkKernel(opsExecutor.compile(sample.program), sample, precision),
    );
    await fc.assert(property, parameters);
  });

  it('with plain ops, and tensor operations among them', async () => {
    const property = fc.asyncProperty(tensorSamples(element), (sample) =>
      checkKernel(opsExecutor.compile(sample.program), sample, precision),
    );
    await fc.assert(property, parameters);
  });

  it('with plain ops, phase by phase', async () => {
    const compile = (phase: Program): Kernel => ({ ...opsExecutor.compile(phase), executor: 'seam' });
    const phased = samples(element, 1).filter(({ program }) => program.phases.length !== 1);
    const property = fc.asyncProperty(phased, async (sample) => {
      const kernel = withExecutor(compile, () => kernelFor(sample.program));
      await checkKernel(kernel, sample, precision);
    });
    await fc.assert(property, { ...parameters, numRuns: numRuns / 4 });
  });
});

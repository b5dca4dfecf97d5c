// SPDX-License-Identifier: Apache-2.0
// The webgl executor against the interpreter, over random programs, phase by phase.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webglExecutor } from '../src/executors/webgl/executor.js';
import { kernelFor, registerExecutor } from '../src/index.js';
import { describeProgram } from '../src/index.js';
import { checkKernel } from './check.js';
import { isTiny, opsPrecision, ownAngle, smallest, type Precision } from './precision.js';
import { any, keeping, ordinary, samples, tensorSamples } from './programs.js';
import { anything, contains, type Numbers } from './sets.js';

const { max, min } = opsPrecision.webgl.exceptions;

const isZero = (x: Numbers): boolean => x.lo === 0 && x.hi === 0 && !x.nan;

/** What the shaders of TensorFlow.js get wrong ours get right, but for its own reductions. */
const precision: Precision = {
  ...opsPrecision.webgl,
  errors: { ...opsPrecision.webgl.errors, atan2: ownAngle },
  exceptions: {
    ...(max && min && { max, min }),
    // A denormal counts as zero or not.
    log: (exact, x) =>
      x.lo < smallest && x.hi > -smallest && !(x.lo === 0 && x.hi === 0) ? anything : exact,
    pow: (exact, x) => (contains(x, 0) ? anything : exact),
    atan2: (exact, y, x) => (isTiny(y) && isTiny(x) && !(isZero(y) && isZero(x)) ? anything : exact),
  },
};

describe.each([
  ['ordinary numbers', ordinary],
  ['NaN, infinities, zeros and denormals', any],
] as const)('random programs on %s', (_, element) => {
  it.each([
    ['', 150, samples(element)],
    [' when they keep small values', 20, keeping(samples(element))],
    [' when they have tensor operations', 60, tensorSamples(element)],
  ] as const)('give what the interpreter allows on webgl%s', async (__, numRuns, all) => {
    registerExecutor('webgl', webglExecutor);
    const property = fc.asyncProperty(all, async (sample) => {
      const phases = describeProgram(sample.program);
      expect(phases.filter(({ executor }) => executor !== 'webgl' && executor !== 'tfjs')).toEqual([]);
      await checkKernel(kernelFor(sample.program), sample, precision);
    });
    await fc.assert(property, { numRuns, seed: 20260101 });
  });
});

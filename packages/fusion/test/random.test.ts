// SPDX-License-Identifier: Apache-2.0
// Executors against the interpreter, over random programs.

import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { kernelFor, opsExecutor, type Kernel } from '../src/index.js';
import { mismatches } from './interpreter.js';
import { opsPrecision } from './precision.js';
import { any, ordinary, samples, type Sample } from './programs.js';
import { onOtherBackend } from './seam.js';

const backend = inject('backend');
// A browser compiles a shader for every operation and shape that is new.
const numRuns = backend === 'cpu' || backend === 'wasm' ? 300 : 40;
const parameters = { numRuns, seed: 20260101 };

async function check(kernel: Kernel, sample: Sample): Promise<void> {
  const { program, inputs, shapes, scalars } = sample;
  const before = tf.memory().numTensors;
  const tensors = inputs.map((elements, i) => tf.tensor(elements, [...shapes[i]!], 'float32'));
  const outputs = kernel.run(tensors, scalars);
  const made = tf.memory().numTensors - before;
  const actual = await Promise.all(outputs.map((output) => output.data()));
  const after = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([tensors, outputs]);
  expect(made).toBe(tensors.length + outputs.length);
  expect(outputs.map(({ shape }) => shape)).toEqual(program.outputs.map(({ node }) => program.nodes[node]!.shape));
  expect(mismatches(sample, actual, opsPrecision[backend])).toEqual([]);
  expect(after.map((elements) => [...elements])).toEqual(inputs);
}

describe.each([
  ['ordinary numbers', ordinary],
  ['NaN, infinities, zeros and denormals', any],
] as const)('random programs on %s give what the interpreter allows', (_, element) => {
  it('with plain ops', async () => {
    const property = fc.asyncProperty(samples(element), (sample) => check(opsExecutor.compile(sample.program), sample));
    await fc.assert(property, parameters);
  });

  it('phase by phase', async () => {
    const byPhase = samples(element).filter(({ program }) => program.phases.length > 1);
    const property = fc.asyncProperty(byPhase, async (sample) => {
      const compile = (phase: Sample['program']): Kernel => ({ ...opsExecutor.compile(phase), executor: 'seam' });
      await check(await onOtherBackend(compile, () => kernelFor(sample.program)), sample);
    });
    await fc.assert(property, { ...parameters, numRuns: numRuns / 4 });
  });
});

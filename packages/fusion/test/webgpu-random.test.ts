// SPDX-License-Identifier: Apache-2.0
// The webgpu executor against the interpreter, over random programs, phase by phase.

import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { webgpuExecutor } from '../src/executors/webgpu/executor.js';
import { kernelFor, phasePrograms, registerExecutor, Unsupported, type Program } from '../src/index.js';
import { mismatches } from './interpreter.js';
import { isTiny, opsPrecision, ownAngle, type Precision } from './precision.js';
import { any, keeping, ordinary, samples, tensorSamples, type Sample } from './programs.js';
import { anything } from './sets.js';

const { minimum, maximum, min, max } = opsPrecision.webgpu.exceptions;

const precision: Precision = {
  ...opsPrecision.webgpu,
  errors: { ...opsPrecision.webgpu.errors, atan2: ownAngle },
  exceptions: {
    ...(minimum && maximum && min && max && { minimum, maximum, min, max }),
    atan2: (exact, y, x) => (isTiny(y) && isTiny(x) ? anything : exact),
  },
};

const inverses: Readonly<Record<string, readonly string[]>> = {
  add: ['add', 'sub'],
  sub: ['add', 'sub'],
  mul: ['mul', 'div'],
  div: ['mul', 'div'],
};

interface Limits {
  readonly maxStorageBuffersPerShaderStage: number;
}

/** Shader compilers may take (x / y) · y and the like for x, whatever y is. */
function mayCancel({ nodes }: Program): boolean {
  return nodes.some(({ op, args: [a, b], host }) => {
    const isInverse = (at: number | undefined, other: number | undefined): boolean =>
      inverses[op]!.includes(nodes[at!]!.op) && nodes[at!]!.args.includes(other!);
    return !host && op in inverses && (isInverse(a, b) || isInverse(b, a));
  });
}

/** Everything new while the tensors have clones; then in place, with the same results. */
async function check(sample: Sample): Promise<void> {
  const { program, inputs, shapes, scalars } = sample;
  const kernel = kernelFor(program);
  expect(kernel.executor).toBe('webgpu');
  const tensors = inputs.map((elements, i) => tf.tensor(elements, [...shapes[i]!], 'float32'));
  const clones = tensors.map((tensor) => tf.clone(tensor));
  const before = tf.memory().numTensors;
  const outputs = kernel.run(tensors, scalars);
  expect(tf.memory().numTensors - before).toBe(outputs.length);
  expect(outputs.map(({ shape }) => shape)).toEqual(
    program.outputs.map(({ node }) => program.nodes[node]!.shape),
  );
  const actual = await Promise.all(outputs.map((output) => output.data()));
  const after = await Promise.all(tensors.map((tensor) => tensor.data()));
  expect(after.map((elements) => [...elements])).toEqual(inputs);
  expect(mismatches(sample, actual, precision)).toEqual([]);

  tf.dispose([clones, outputs]);
  const again = kernel.run(tensors, scalars);
  const repeated = await Promise.all(again.map((output) => output.data()));
  tf.dispose([tensors, again]);
  expect(repeated).toEqual(actual);
}

const elements = [
  ['ordinary numbers', ordinary],
  ['NaN, infinities, zeros and denormals', any],
] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(elements)('random programs of %s', (_, element) => {
  (inject('backend') === 'webgpu' ? onWebgpu : elsewhere)(samples(element), tensorSamples(element));
});

function elsewhere(all: fc.Arbitrary<Sample>): void {
  it('are left to others on other backends', () => {
    const property = fc.property(all, ({ program }) => {
      for (const phase of phasePrograms(program))
        expect(() => webgpuExecutor.compile(phase)).toThrow(Unsupported);
    });
    fc.assert(property, { numRuns: 100, seed: 20260101 });
  });
}

function onWebgpu(all: fc.Arbitrary<Sample>, tensors: fc.Arbitrary<Sample>): void {
  registerExecutor('webgpu', webgpuExecutor);
  const plain = all.filter(({ program }) => !mayCancel(program));
  const timeout = 120_000;

  it('give what the interpreter allows', { timeout }, async () => {
    await fc.assert(fc.asyncProperty(plain, check), { numRuns: 120, seed: 20260101 });
  });

  it('give it also with tensor operations', { timeout }, async () => {
    const own = tensors.filter(({ program }) => !mayCancel(program));
    await fc.assert(fc.asyncProperty(own, check), { numRuns: 60, seed: 20260104 });
  });

  it('give it also when they keep small values', { timeout }, async () => {
    await fc.assert(fc.asyncProperty(keeping(plain), check), { numRuns: 20, seed: 20260103 });
  });

  it('give it also where the device binds few buffers', { timeout }, async () => {
    const { prototype } = (globalThis as unknown as { GPUSupportedLimits: { prototype: Limits } })
      .GPUSupportedLimits;
    vi.spyOn(prototype, 'maxStorageBuffersPerShaderStage', 'get').mockReturnValue(3);
    await fc.assert(fc.asyncProperty(plain, check), { numRuns: 60, seed: 20260102 });
  });
}

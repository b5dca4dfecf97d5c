// SPDX-License-Identifier: Apache-2.0
// Several steps of optimizers' rules on the webgpu executor.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { webgpuExecutor } from '../src/executors/webgpu/executor.js';
import {
  kernelFor,
  opsExecutor,
  phasePrograms,
  registerExecutor,
  Unsupported,
  type Kernel,
} from '../src/index.js';
import { countCalls } from './webgpu-calls.js';
import { adaBelief, adamW, factored, lamb, Trained } from './webgpu-rules.js';

const rules = { adaBelief, adamW, lamb, factored };
const shapes = [[], [1], [7], [64], [3, 5], [4, 4], [16, 40], [40_001]];
const matrices = [
  [1, 1],
  [3, 5],
  [4, 8],
  [300, 2],
  [2, 300],
  [600, 3],
];

afterEach(() => {
  vi.restoreAllMocks();
});

async function afterSteps(count: number, trained: Trained, kernel: Kernel): Promise<number[][]> {
  for (let i = 0; i < count; i++) trained.step(kernel);
  const state = await trained.state();
  trained.dispose();
  return state;
}

/** Largest difference, relative to 1 or more. */
function distance(a: number[][], b: number[][]): number {
  expect(a.map(({ length }) => length)).toEqual(b.map(({ length }) => length));
  return Math.max(
    ...a.flatMap((part, i) => part.map((x, j) => Math.abs(x - b[i]![j]!) / (1 + Math.abs(b[i]![j]!)))),
  );
}

describe('webgpuExecutor', () => {
  (inject('backend') === 'webgpu' ? onWebgpu : elsewhere)();
});

function elsewhere(): void {
  it('leaves the rules to others on other backends', () => {
    for (const rule of Object.values(rules)) {
      const trained = new Trained('Rule', rule, [4, 4]);
      trained.dispose();
      for (const phase of phasePrograms(trained.program)) {
        expect(() => webgpuExecutor.compile(phase)).toThrow(Unsupported);
        expect(() => webgpuExecutor.compile(phase)).toThrow(
          /^the webgpu backend does not show device, .*submitQueue/,
        );
      }
    }
  });
}

function onWebgpu(): void {
  registerExecutor('webgpu', webgpuExecutor);

  it.each(Object.entries(rules))('%s gives what plain ops give', async (name, rule) => {
    for (const shape of rule === factored ? matrices : shapes) {
      const [fused, plain] = [new Trained(name, rule, shape), new Trained(name, rule, shape)];
      const kernel = kernelFor(fused.program);
      expect(kernel.executor).toBe('webgpu');
      const results = await afterSteps(10, fused, kernel);
      expect(distance(results, await afterSteps(10, plain, opsExecutor.compile(plain.program)))).toBeLessThan(
        5e-6,
      );
    }
  });

  describe('a steady step', () => {
    const steady = (rule: typeof adaBelief, shape: number[]): { trained: Trained; kernel: Kernel } => {
      const trained = new Trained('Steady', rule, shape);
      const kernel = kernelFor(trained.program);
      for (let i = 0; i < 40; i++) trained.step(kernel);
      return { trained, kernel };
    };

    const counted = (): number[] => [
      tf.memory().numTensors,
      tf.memory().numDataBuffers,
      tf.memory().numBytes,
    ];

    it('of an elementwise rule is one dispatch, in place', () => {
      const { trained, kernel } = steady(adaBelief, [1000]);
      const before = counted();
      const dispatches = countCalls('GPUComputePassEncoder', 'dispatchWorkgroups');
      expect(trained.step(kernel)).toEqual(
        ['m', 's', 'param'].map((name) => trained.tensors[trained.at(name)]),
      );
      expect(dispatches()).toBe(1);
      expect(counted()).toEqual(before);
      trained.dispose();
    });

    it('of a rule with norms is one dispatch for the norms of a small parameter, one for the outputs', () => {
      const { trained, kernel } = steady(lamb, [1000]);
      const dispatches = countCalls('GPUComputePassEncoder', 'dispatchWorkgroups');
      trained.step(kernel);
      expect(dispatches()).toBe(2);
      trained.dispose();
    });

    it('of a rule with norms is two dispatches for the norms of a large parameter, one for the outputs', () => {
      const { trained, kernel } = steady(lamb, [100_000]);
      const dispatches = countCalls('GPUComputePassEncoder', 'dispatchWorkgroups');
      trained.step(kernel);
      expect(dispatches()).toBe(3);
      trained.dispose();
    });

    it.each([
      ['an elementwise rule makes no pipelines, buffers or bind groups', adaBelief, ['createBindGroup']],
      ['a rule with norms makes no pipelines or buffers', lamb, []],
    ])('of %s, also with a new learning rate', (_, rule, methods) => {
      const { trained, kernel } = steady(rule, [1000]);
      const made = ['createComputePipeline', ...methods].map((method) => countCalls('GPUDevice', method));
      const buffers = countCalls('GPUDevice', 'createBuffer');
      for (let i = 0; i < 20; i++) trained.step(kernel);
      expect(made.map((count) => count())).toEqual(made.map(() => 0));
      // One for the upload of each gradient, which is the test's own.
      expect(buffers()).toBe(20);
      trained.dispose();
    });
  });

  it('shares pipelines between shapes of one structure', () => {
    const [first, second, third, fourth] = [[12], [400], [20, 30], [4]].map(
      (shape) => new Trained('Shared', adamW, shape),
    );
    // One for a run alone, one for two that share a dispatch.
    first!.step(kernelFor(first!.program));
    second!.step(kernelFor(second!.program));
    const compiled = countCalls('GPUDevice', 'createComputePipeline');
    third!.step(kernelFor(third!.program));
    fourth!.step(kernelFor(fourth!.program));
    expect(compiled()).toBe(0);
    for (const trained of [first!, second!, third!, fourth!]) trained.dispose();
  });
}

// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { describeProgram, kernelFor, trace } from '../src/index.js';

afterEach(() => void vi.restoreAllMocks());

it('runs with plain ops, and says why, where WebAssembly may not be compiled', () => {
  vi.spyOn(WebAssembly, 'Module').mockImplementation(function refuse() {
    throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
  });
  // Of a structure no other test has, so that no instance of it is known yet.
  const program = trace('Refused', { x: [2] }, [], ({ x }) => ({
    y: x!.mul(x!).mul(x!).sub(x!).div(x!.abs()).neg(),
  }));
  expect(describeProgram(program)).toEqual([
    {
      phase: 'Refused',
      executor: 'ops',
      operations: 6,
      bytesRead: 8,
      bytesWritten: 8,
      fallback: 'WebAssembly refused the kernel: Wasm code generation disallowed by embedder',
    },
  ]);
  const x = tf.tensor1d([2, -3]);
  const [y] = kernelFor(program).run([x], []);
  expect([...y!.dataSync()]).toEqual([-3, 8]);
  tf.dispose([x, y!]);
});

// SPDX-License-Identifier: Apache-2.0
// Programs over small tensors: all of them are copied in once, all phases run on the copies, and results are copied out.

import type * as tf from '@tensorflow/tfjs-core';
import type { Kernel } from '../../executor.js';
import { arrayFor } from '../../ownership.js';
import type { Program } from '../../program.js';
import { sizeOf } from '../../shape.js';
import { LoopSequence } from '../wasm/sequence.js';
import { cpuBackend, created, type Data } from './backend.js';
import { scratch, scratchMemory } from './scratch.js';

/** Numbers that stay in the cache from one phase to the next; one phase alone goes in blocks before that. */
const most = 1 << 18;
const mostOfOne = 1 << 15;

/** Compiles a program if its tensors are small enough; otherwise gives `null`. */
export function stagedKernel(program: Program, phases: readonly Program[]): Kernel | null {
  const { nodes, outputs } = program;
  const inputSizes = program.inputs.map((at) => sizeOf(nodes[at]!.shape));
  const outputSizes = outputs.map(({ node }) => sizeOf(nodes[node]!.shape));
  const numbers = [...inputSizes, ...outputSizes].reduce((sum, size) => sum + size, 0);
  if (numbers > (phases.length > 1 ? most : mostOfOne)) return null;
  const loops = new LoopSequence(program, phases, scratchMemory());
  const { pointers, targets, copies } = loops;
  const shapes = outputs.map(({ node }) => [...nodes[node]!.shape]);
  let end = 0;
  const allocate = (size: number): number => {
    const start = end;
    end += 16 * Math.ceil(size / 4); // whole vectors
    return start;
  };
  inputSizes.forEach((size, i) => (pointers[i] = allocate(size)));
  // A copy may be overwritten even if the tensor may not.
  outputSizes.forEach((size, i) => {
    pointers[inputSizes.length + i] = targets[i]! < 0 ? allocate(size) : pointers[targets[i]!]!;
  });
  const length = Math.ceil((end + loops.scratch) / 4);
  let buffer: ArrayBufferLike | null = null;
  let views: Float32Array[] = [];
  return {
    executor: 'cpu',
    run(inputs, scalars) {
      const backend = cpuBackend();
      const memory = scratch(length);
      if (memory.buffer !== buffer) {
        ({ buffer } = memory);
        const view = (size: number, i: number): Float32Array =>
          memory.subarray(pointers[i]! / 4, pointers[i]! / 4 + size);
        views = [...inputSizes, ...outputSizes].map(view);
      }
      const data = inputs.map(({ dataId }) => backend.data.get(dataId));
      for (let i = 0; i < data.length; i++) views[i]!.set(data[i]!.values);
      loops.run(scalars, end);
      const results: tf.Tensor[] = [];
      const replacing: [Data, Float32Array, Float32Array][] = [];
      for (let i = 0; i < targets.length; i++) {
        const first = copies[i]!;
        const view = views[inputs.length + (first < 0 ? i : first)]!;
        const replaced = data[targets[i]!];
        if (first < 0 && replaced?.refCount === 1) {
          const tensor = inputs[targets[i]!]!;
          replacing.push([replaced, arrayFor(tensor, replaced.values, () => copyOf(view)), view]);
          results.push(tensor);
        } else results.push(created(backend, shapes[i]!, copyOf(view)));
      }
      // Only when there is memory for all results.
      for (const [replaced, values, view] of replacing) {
        if (values === replaced.values) values.set(view);
        else replaced.values = values;
      }
      return results;
    },
  };
}

/** Several times as fast as `slice`, which fills the new array with zeros first. */
function copyOf(values: Float32Array): Float32Array {
  return new Float32Array(values);
}

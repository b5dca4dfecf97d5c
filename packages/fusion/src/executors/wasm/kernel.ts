// SPDX-License-Identifier: Apache-2.0
// The executor of the wasm backend: its own kernels on tfjs' own memory, in place.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../../executor.js';
import type { Program } from '../../program.js';
import { isAlone } from '../alone.js';
import { forgetDerived, memoryOf, outOfMemory, scratchMemory, wasmBackend, type Data } from './backend.js';
import { LoopSequence } from './sequence.js';

/** WebAssembly SIMD kernels in the memory of the wasm backend. */
export const wasmExecutor: Executor = {
  name: 'wasm',
  compile: (phase) => compile(phase, [phase]),
  compileAll: compile,
};

function compile(program: Program, phases: readonly Program[]): Kernel {
  const loops = new LoopSequence(program, phases, memoryOf(wasmBackend()));
  const { pointers, targets, copies } = loops;
  const shapes = program.outputs.map(({ node }) => [...program.nodes[node]!.shape]);
  // Kept from run to run: there are thousands of runs in a step of a model with many small tensors.
  const data: Data[] = [];
  return {
    executor: 'wasm',
    run(inputs, scalars) {
      const backend = wasmBackend();
      const { dataIdMap } = backend;
      for (let i = 0; i < inputs.length; i++) {
        data[i] = dataIdMap.get(inputs[i]!.dataId);
        pointers[i] = data[i]!.memoryOffset;
      }
      const outputs: tf.Tensor[] = [];
      for (let i = 0; i < targets.length; i++) {
        const target = targets[i]!;
        if (data[target]?.refCount === 1 && isAlone(data, target)) {
          const replaced = inputs[target]!;
          outputs.push(replaced);
          pointers[inputs.length + i] = pointers[target]!;
          forgetDerived(backend, data[target], replaced.size);
        } else if (copies[i]! < 0) {
          const info = backend.makeOutput(shapes[i]!, 'float32');
          outputs.push(tf.engine().makeTensorFromTensorInfo(info));
          pointers[inputs.length + i] = dataIdMap.get(info.dataId).memoryOffset || outOfMemory();
        }
      }
      loops.run(scalars, loops.scratch > 0 ? scratchMemory(backend, loops.scratch) : 0);
      copies.forEach((first, i) => {
        if (first >= 0) outputs.splice(i, 0, tf.clone(outputs[first]!));
      });
      return outputs;
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
// The executor of the wasm backend: its own kernels on tfjs' own memory, in place.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../../executor.js';
import type { Program } from '../../program.js';
import { forgetDerived, memoryOf, scratchMemory, wasmBackend } from './backend.js';
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
  return {
    executor: 'wasm',
    run(inputs, scalars) {
      const backend = wasmBackend();
      const { dataIdMap } = backend;
      for (let i = 0; i < inputs.length; i++) pointers[i] = dataIdMap.get(inputs[i]!.dataId).memoryOffset;
      const outputs: tf.Tensor[] = [];
      for (let i = 0; i < targets.length; i++) {
        const replaced = inputs[targets[i]!];
        if (replaced && dataIdMap.get(replaced.dataId).refCount === 1) {
          outputs.push(replaced);
          pointers[inputs.length + i] = pointers[targets[i]!]!;
        } else if (copies[i]! < 0) {
          const info = backend.makeOutput(shapes[i]!, 'float32');
          outputs.push(tf.engine().makeTensorFromTensorInfo(info));
          pointers[inputs.length + i] = dataIdMap.get(info.dataId).memoryOffset;
        }
      }
      loops.run(scalars, loops.scratch > 0 ? scratchMemory(backend, loops.scratch) : 0);
      for (const output of outputs) if ((output as tf.Variable).trainable) forgetDerived(backend, output);
      copies.forEach((first, i) => {
        if (first >= 0) outputs.splice(i, 0, tf.clone(outputs[first]!));
      });
      return outputs;
    },
  };
}

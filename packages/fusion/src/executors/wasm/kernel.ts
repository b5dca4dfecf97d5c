// SPDX-License-Identifier: Apache-2.0
// The executor of the wasm backend: its own kernels on tfjs' own memory, in place.

import * as tf from '@tensorflow/tfjs-core';
import type { Executor, Kernel } from '../../executor.js';
import { hostValues, type Program } from '../../program.js';
import { forgetDerived, memoryOf, wasmBackend } from './backend.js';
import { compileLoops, inPlace } from './module.js';

/** WebAssembly SIMD kernels in the memory of the wasm backend. */
export const wasmExecutor: Executor = {
  name: 'wasm',
  compile(phase: Program): Kernel {
    const loops = compileLoops(phase, memoryOf(wasmBackend()));
    const targets = inPlace(phase, loops);
    const shapes = phase.outputs.map(({ node }) => [...phase.nodes[node]!.shape]);
    const calls = loops.map(({ run, inputs, hosts, loop }) => ({
      run,
      inputs: inputs.map((at) => phase.inputs.indexOf(at)),
      outputs: loop.outputs.map((output) => phase.outputs.indexOf(output)),
      hosts,
      // Pointers of inputs and outputs are filled in at every run, host numbers when they change.
      args: [
        ...inputs.map(() => 0),
        ...loop.outputs.map(() => 0),
        ...loop.axes.map(({ length }) => length),
        ...hosts.map(() => 0),
      ],
    }));
    let scalars: readonly number[] | null = null;
    const bindScalars = (numbers: readonly number[]): void => {
      scalars = numbers;
      const values = hostValues(phase, numbers);
      for (const { hosts, args } of calls) {
        hosts.forEach((at, i) => (args[args.length - hosts.length + i] = Number(values[at])));
      }
    };
    return {
      executor: 'wasm',
      run(inputs, numbers) {
        const backend = wasmBackend();
        const { dataIdMap } = backend;
        if (numbers !== scalars) bindScalars(numbers);
        const pointers = inputs.map(({ dataId }) => dataIdMap.get(dataId).memoryOffset);
        const outputs: tf.Tensor[] = [];
        const results = targets.map((target, i) => {
          const replaced = inputs[target];
          if (replaced && backend.refCount(replaced.dataId) === 1) {
            outputs.push(replaced);
            return pointers[target]!;
          }
          const info = backend.makeOutput(shapes[i]!, 'float32');
          outputs.push(tf.engine().makeTensorFromTensorInfo(info));
          return dataIdMap.get(info.dataId).memoryOffset;
        });
        for (const call of calls) {
          const { args } = call;
          let at = 0;
          for (const input of call.inputs) args[at++] = pointers[input]!;
          for (const output of call.outputs) args[at++] = results[output]!;
          call.run(...args);
        }
        for (const output of outputs) if ((output as tf.Variable).trainable) forgetDerived(backend, output);
        return outputs;
      },
    };
  },
};

// SPDX-License-Identifier: Apache-2.0
// What the engine of TensorFlow.js is doing while a kernel runs.

import * as tf from '@tensorflow/tfjs-core';
import type { Kernel } from './executor.js';

/** State of the engine that is not public; what is missing counts as off. */
function engineState(): { readonly gradientDepth?: number; readonly profiling?: boolean } {
  return (tf.engine() as unknown as { state?: object }).state ?? {};
}

/** Whether a gradient is being recorded. */
export function isRecording(): boolean {
  return (engineState().gradientDepth ?? 0) > 0;
}

/** Whether `tf.profile` or debug mode asks for the kernels of single phases. */
export function isWatched(): boolean {
  return engineState().profiling === true || tf.env().getBool('DEBUG');
}

/** Lets `tf.profile` and the NaN checks of debug mode see a kernel under the name of its phase. */
export function visible(name: string, kernel: Kernel): Kernel {
  return {
    ...kernel,
    run(inputs, scalars) {
      if (!isWatched()) return kernel.run(inputs, scalars);
      const backendName = tf.getBackend();
      if (!tf.getKernel(name, backendName)) {
        const kernelFunc: tf.KernelFunc = ({ attrs }) =>
          (attrs as unknown as { run: () => tf.Tensor[] }).run();
        tf.registerKernel({ kernelName: name, backendName, kernelFunc });
      }
      const named = Object.fromEntries(inputs.map((tensor, i) => [String(i), tensor]));
      const run = (): tf.Tensor[] => kernel.run(inputs, scalars);
      return tf.engine().runKernel(name, named, { run } as unknown as tf.NamedAttrMap);
    },
  };
}

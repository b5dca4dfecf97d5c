// SPDX-License-Identifier: Apache-2.0
// The executor of the webgpu backend: compute shaders of our own on the buffers of tensors, in place.

import type { Executor, Kernel } from '../../executor.js';
import type { Program } from '../../program.js';
import { opsExecutor } from '../ops.js';
import { gpuBackend, isFloat } from './backend.js';
import { PhaseKernel } from './kernel.js';
import { shadersOf } from './plan.js';

/** Compute shaders on the webgpu backend: one dispatch for all elementwise outputs of a phase, in place where it may. */
export const webgpuExecutor: Executor = {
  name: 'webgpu',
  compile(phase: Program): Kernel {
    const { device } = gpuBackend();
    const shaders = shadersOf(phase, device.limits);
    const reference = opsExecutor.compile(phase);
    let kernel = new PhaseKernel(device, phase, shaders);
    const { perDispatch } = kernel;
    return {
      executor: 'webgpu',
      ...(perDispatch > 1 && { perDispatch }),
      run(inputs, scalars) {
        const backend = gpuBackend();
        if (!inputs.every((input) => isFloat(backend, input))) return reference.run(inputs, scalars);
        // The backend may have been removed and started anew.
        if (kernel.device !== backend.device) kernel = new PhaseKernel(backend.device, phase, shaders);
        return kernel.run(backend, inputs, scalars);
      },
    };
  },
};

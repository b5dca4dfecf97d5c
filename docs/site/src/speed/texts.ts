// SPDX-License-Identifier: Apache-2.0
// What is emitted for a rule: its phases, each as WebAssembly, WGSL and GLSL. The generators of these texts need no device.

import { executorFor, opsExecutor, registerExecutor, Unsupported, type Program } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { stepOf } from '../../../../tools/bench/measure.js';
import { emitLoop } from '../../../../packages/fusion/src/executors/wasm/emit.js';
import { frameOf } from '../../../../packages/fusion/src/executors/wasm/frame.js';
import { loopsOf } from '../../../../packages/fusion/src/executors/wasm/loops.js';
import { plan } from '../../../../packages/fusion/src/executors/webgl/executor.js';
import { shadersOf } from '../../../../packages/fusion/src/executors/webgpu/plan.js';
import { disassemble } from './disassemble.js';

/** The texts of a phase: several where it takes several passes. */
export interface PhaseTexts {
  /** As the report of a step calls it: `Lamb.update#1`. */
  readonly name: string;
  /** Elementwise operations and reductions in it. */
  readonly operations: number;
  readonly wasm: readonly string[];
  /** None where WebGPU binds too few buffers for it: plain ops run it there. */
  readonly wgsl: readonly string[];
  readonly glsl: readonly string[];
}

/** What WebGPU promises on every device. */
const limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxDynamicUniformBuffersPerPipelineLayout: 8,
  maxStorageBufferBindingSize: 2 ** 27,
  maxComputeWorkgroupsPerDimension: 65_535,
  minUniformBufferOffsetAlignment: 256,
};

/** A matrix is what most parameters are; texts depend on how many axes there are, not on their lengths. */
const shape = [64, 32];

/** So many steps that RAdam's kin have rectified once. */
const steps = 8;

/** All phases that the executor of the backend in use is asked for in the first steps; plain ops run them here. */
function phasesOf(make: () => tf.Optimizer): Program[] {
  const phases: Program[] = [];
  const backend = tf.getBackend();
  const usual = executorFor(backend);
  registerExecutor(backend, {
    name: 'texts',
    compile(phase) {
      phases.push(phase);
      return opsExecutor.compile(phase);
    },
  });
  const optimizer = make();
  const variables = [tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.1, 'float32', 1)))];
  const gradients = variables.map(({ name }) => ({
    name,
    tensor: tf.randomNormal(shape, 0, 1, 'float32', 2),
  }));
  const loss = tf.scalar(1);
  try {
    const step = stepOf(optimizer, variables, gradients, loss);
    for (let i = 1; i < steps; i++) step();
  } finally {
    registerExecutor(backend, usual);
    optimizer.dispose();
    tf.dispose([variables, gradients, loss]);
  }
  // What a slot starts from is made once.
  return phases.filter(({ name }) => !name.endsWith('.slots'));
}

function wasmOf(phase: Program): string[] {
  return loopsOf(phase).map((loop) => disassemble(emitLoop(phase, loop, frameOf(phase, loop), false)));
}

function wgslOf(phase: Program): string[] {
  try {
    return shadersOf(phase, limits).map(({ code }) => code.trim());
  } catch (error) {
    if (error instanceof Unsupported) return [];
    throw error;
  }
}

/** Where textures have 32 bits; none where a program would read more textures than WebGL promises. */
function glslOf(phase: Program): string[] {
  const known = new Map(phase.inputs.map((at) => [at, false]));
  try {
    const steps = plan(phase, 16, { known, halving: null }, null);
    return steps.flatMap(({ fragments }) => fragments.map(({ program }) => program.userCode.trim()));
  } catch (error) {
    if (error instanceof Unsupported) return [];
    throw error;
  }
}

/** The texts of a class; none where TensorFlow.js runs all of its step. */
export function textsOf(make: () => tf.Optimizer): PhaseTexts[] {
  const found = new Map<string, PhaseTexts>();
  for (const phase of phasesOf(make)) {
    const wasm = wasmOf(phase);
    const key = wasm.join();
    if (wasm.length === 0 || found.has(key)) continue;
    const isOperation = ({ host, op }: Program['nodes'][number]): boolean =>
      !host && op !== 'input' && op !== 'broadcast';
    found.set(key, {
      name: phase.name,
      operations: phase.nodes.filter(isOperation).length,
      wasm,
      wgsl: wgslOf(phase),
      glsl: glslOf(phase),
    });
  }
  return [...found.values()];
}

// SPDX-License-Identifier: Apache-2.0
// Runs the shaders of a phase on tensors.

import type * as tf from '@tensorflow/tfjs-core';
import { hostValues, type Program } from '../../program.js';
import { sizeOf, type Shape } from '../../shape.js';
import { isAlone } from '../alone.js';
import { bufferOf, cloned, created, isOwn, overwrite, type GpuBackend } from './backend.js';
import { storage, type Device, type GpuBuffer } from './device.js';
import { fixedValue } from './plan.js';
import type { Shader } from './shader.js';
import { Stage, type HostValues } from './stage.js';

/** A phase on a device. */
export class PhaseKernel {
  readonly #stages: readonly Stage[];
  /** Parts of results; runs follow each other, so that they can share it. */
  readonly #scratch: GpuBuffer | null;
  /** For every output, the place of the input it overwrites, or −1. */
  readonly #targets: readonly number[];
  readonly #shapes: readonly Shape[];
  /** For every output, its elements if they are known beforehand. */
  readonly #fixed: readonly (Float32Array | null)[];
  #scalars: readonly number[] | null = null;
  #values: HostValues = [];

  constructor(
    readonly device: Device,
    private readonly program: Program,
    shaders: readonly Shader[],
  ) {
    this.#stages = shaders.map((shader) => new Stage(device, program.name, shader));
    const parts = Math.max(0, ...shaders.map(({ scratch }) => scratch));
    this.#scratch =
      parts > 0 ? device.createBuffer({ label: program.name, size: 4 * parts, usage: storage }) : null;
    const bindings = shaders.flatMap((shader) => [...shader.bindings, ...shader.packed]);
    this.#targets = program.outputs.map((_, i) => bindings.find(({ output }) => output === i)?.input ?? -1);
    this.#shapes = program.outputs.map(({ node }) => program.nodes[node]!.shape);
    this.#fixed = program.outputs.map((output, i) => {
      const value = fixedValue(program, output);
      return value === null ? null : new Float32Array(sizeOf(this.#shapes[i]!)).fill(value);
    });
  }

  /** How many runs share a dispatch at most. */
  get perDispatch(): number {
    const [first] = this.#stages;
    return this.#stages.length === 1 ? first!.runs : 1;
  }

  /** Outputs are inputs that were overwritten, and new tensors. */
  run(backend: GpuBackend, inputs: readonly tf.Tensor[], scalars: readonly number[]): tf.Tensor[] {
    if (!this.#scalars || scalars.some((value, i) => !Object.is(value, this.#scalars![i]))) {
      this.#scalars = [...scalars];
      this.#values = hostValues(this.program, scalars);
    }
    const outputs = this.#targets.map((target, i) => this.#output(backend, inputs, target, i));
    for (const stage of this.#stages) {
      stage.run(backend, this.#values, ({ input, output }) => {
        if (output >= 0) return bufferOf(backend, outputs[output]!);
        return input >= 0 ? bufferOf(backend, inputs[input]!) : this.#scratch!;
      });
    }
    return outputs;
  }

  #output(backend: GpuBackend, inputs: readonly tf.Tensor[], target: number, i: number): tf.Tensor {
    const replaced = inputs[target];
    if (!replaced) return created(backend, this.#shapes[i]!, this.#fixed[i]?.slice());
    const ids = inputs.map(({ dataId }) => dataId);
    if (!isAlone(ids, target) || !isOwn(backend, replaced)) return cloned(backend, replaced);
    overwrite(backend, replaced);
    return replaced;
  }
}

// SPDX-License-Identifier: Apache-2.0
// A shader on a device, with everything that is kept from one run to the next.

import { packedName, type Binding } from './buffers.js';
import { copy, submit, type GpuBackend } from './backend.js';
import { copied, uniform, type Device, type GpuBuffer } from './device.js';
import { dispatchesOf, runsPerDispatch } from './dispatches.js';
import { Pipeline } from './pipelines.js';
import type { Shader } from './shader.js';

/** Values of host nodes, by position. */
export type HostValues = readonly (number | boolean | undefined)[];

/** Sets of uniforms that may wait for the device at once. */
const slots = 16;

/** A shader, ready to be run again and again. */
export class Stage {
  readonly pipeline: Pipeline;
  #joined: Pipeline | null = null;
  readonly runs: number;
  readonly uniforms: GpuBuffer;
  readonly #bytes: ArrayBuffer;
  readonly #slotSize: number;
  readonly #packed: GpuBuffer | null;
  #slot = 0;
  #written: HostValues | null = null;
  #encoder: object | null = null;
  /** Slots written for commands of `encoder`. */
  #waiting = 0;

  constructor(
    readonly device: Device,
    readonly name: string,
    readonly shader: Shader,
  ) {
    this.pipeline = new Pipeline(device, name, shader.code, shader);
    this.runs = runsPerDispatch(shader, device.limits);
    const { lengths, numbers, hosts } = shader;
    const alignment = device.limits.minUniformBufferOffsetAlignment;
    this.#bytes = new ArrayBuffer(Math.ceil((lengths.length + numbers.length + hosts.length) / 4) * 16);
    new Uint32Array(this.#bytes).set(lengths);
    new Float32Array(this.#bytes, lengths.length * 4).set(numbers);
    this.#slotSize = Math.ceil(this.#bytes.byteLength / alignment) * alignment;
    this.uniforms = device.createBuffer({ label: name, size: slots * this.#slotSize, usage: uniform });
    const elements = shader.packed.reduce((sum, { size }) => sum + size, 0);
    this.#packed =
      elements > 0 ? device.createBuffer({ label: name, size: 4 * elements, usage: copied }) : null;
  }

  get joined(): Pipeline {
    const { device, name, shader, runs } = this;
    return (this.#joined ??= new Pipeline(device, name, shader.joined!(runs), shader, runs));
  }

  get bytes(): number {
    return this.#bytes.byteLength;
  }

  /**
   * @param values - another object whenever a value is another
   * @param bufferOf - the buffer of a binding
   */
  run(backend: GpuBackend, values: HostValues, bufferOf: (binding: Binding) => GpuBuffer): void {
    // This may submit commands; buffers are looked up after it, for commands not submitted yet.
    if (values !== this.#written) this.#write(backend, values);
    const buffers = this.shader.bindings.map((binding) =>
      binding.name === packedName ? this.#packed! : bufferOf(binding),
    );
    this.#copyPacked(backend, bufferOf, false);
    dispatchesOf(backend).add({ stage: this, offset: this.#slot * this.#slotSize, buffers });
    this.#copyPacked(backend, bufferOf, true);
  }

  /** Copies inputs into the packed buffer, or outputs out of it. */
  #copyPacked(backend: GpuBackend, bufferOf: (binding: Binding) => GpuBuffer, isOutput: boolean): void {
    let at = 0;
    for (const binding of this.shader.packed) {
      const bytes = 4 * binding.size;
      if (isOutput === binding.writes) {
        const tensor = { buffer: bufferOf(binding), offset: 0 };
        const packed = { buffer: this.#packed!, offset: at };
        copy(backend, isOutput ? packed : tensor, isOutput ? tensor : packed, bytes);
      }
      at += bytes;
    }
  }

  /** Writes happen at once, commands later: what a command still waiting for submission reads must stay. */
  #write(backend: GpuBackend, values: HostValues): void {
    const encoder = dispatchesOf(backend).encoder();
    if (this.#encoder !== encoder) {
      this.#waiting = 0;
    } else if (this.#waiting === slots - 1) {
      submit(backend);
      this.#waiting = 0;
    }
    this.#encoder = dispatchesOf(backend).encoder();
    this.#waiting++;
    this.#slot = (this.#slot + 1) % slots;
    const { lengths, numbers, hosts } = this.shader;
    const floats = new Float32Array(this.#bytes, (lengths.length + numbers.length) * 4);
    hosts.forEach((at, i) => (floats[i] = Number(values[at])));
    this.device.queue.writeBuffer(this.uniforms, this.#slot * this.#slotSize, this.#bytes);
    this.#written = values;
  }
}

// SPDX-License-Identifier: Apache-2.0
// A shader on a device, with everything that is kept from one run to the next.

import { Bounded } from '../../bounded.js';
import { packedName, type Binding } from './buffers.js';
import { copy, dispatch, encoderOf, submit, type GpuBackend } from './backend.js';
import {
  compute,
  copied,
  uniform,
  type Device,
  type GpuBindGroup,
  type GpuBindGroupLayout,
  type GpuBuffer,
  type GpuPipeline,
} from './device.js';
import type { Shader } from './shader.js';

/** Values of host nodes, by position. */
export type HostValues = readonly (number | boolean | undefined)[];

/** Sets of uniforms that may wait for the device at once. */
const slots = 16;
/** Bind groups kept for one first buffer: gradients come in buffers of a pool, which take turns. */
const variants = 32;

interface Compiled {
  readonly pipeline: GpuPipeline;
  readonly layout: GpuBindGroupLayout;
}

/** Pipelines kept for a device beside those that are in use. */
const mostPipelines = 512;

/** Programs of one structure share their pipelines. */
const pipelines = new WeakMap<Device, Bounded<string, Compiled>>();

function compiled(device: Device, label: string, { code, bindings }: Shader): Compiled {
  let known = pipelines.get(device);
  if (!known) pipelines.set(device, (known = new Bounded(mostPipelines)));
  return known.get(code, () => {
    const entry = (binding: number, buffer: object): object => ({ binding, visibility: compute, buffer });
    const layout = device.createBindGroupLayout({
      entries: [
        entry(0, { type: 'uniform', hasDynamicOffset: true }),
        ...bindings.map(({ writes }, i) => entry(i + 1, { type: writes ? 'storage' : 'read-only-storage' })),
      ],
    });
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label, code }) },
    });
    return { pipeline, layout };
  });
}

/** One dispatch, ready to be run again and again. */
export class Stage {
  readonly #compiled: Compiled;
  readonly #workgroups: readonly [x: number, y: number];
  readonly #uniforms: GpuBuffer;
  readonly #bytes: ArrayBuffer;
  readonly #slotSize: number;
  readonly #groups = new WeakMap<
    GpuBuffer,
    { next: number; known: { buffers: GpuBuffer[]; group: GpuBindGroup }[] }
  >();
  readonly #packed: GpuBuffer | null;
  #slot = 0;
  #written: HostValues | null = null;
  #encoder: object | null = null;
  /** Slots written for commands of `encoder`. */
  #waiting = 0;

  constructor(
    private readonly device: Device,
    private readonly name: string,
    readonly shader: Shader,
  ) {
    this.#compiled = compiled(device, name, shader);
    const columns = Math.min(shader.workgroups, device.limits.maxComputeWorkgroupsPerDimension);
    this.#workgroups = [columns, Math.ceil(shader.workgroups / columns)];
    const { lengths, numbers, hosts } = shader;
    const alignment = device.limits.minUniformBufferOffsetAlignment;
    this.#bytes = new ArrayBuffer(Math.ceil((lengths.length + numbers.length + hosts.length) / 4) * 16);
    new Uint32Array(this.#bytes).set(lengths);
    new Float32Array(this.#bytes, lengths.length * 4).set(numbers);
    this.#slotSize = Math.ceil(this.#bytes.byteLength / alignment) * alignment;
    this.#uniforms = device.createBuffer({ label: name, size: slots * this.#slotSize, usage: uniform });
    const elements = shader.packed.reduce((sum, { size }) => sum + size, 0);
    this.#packed =
      elements > 0 ? device.createBuffer({ label: name, size: 4 * elements, usage: copied }) : null;
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
    dispatch(backend, this.name, {
      pipeline: this.#compiled.pipeline,
      group: this.#groupOf(buffers),
      offset: this.#slot * this.#slotSize,
      workgroups: this.#workgroups,
    });
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
    if (this.#encoder !== encoderOf(backend)) {
      this.#waiting = 0;
    } else if (this.#waiting === slots - 1) {
      submit(backend);
      this.#waiting = 0;
    }
    this.#encoder = encoderOf(backend);
    this.#waiting++;
    this.#slot = (this.#slot + 1) % slots;
    const { lengths, numbers, hosts } = this.shader;
    const floats = new Float32Array(this.#bytes, (lengths.length + numbers.length) * 4);
    hosts.forEach((at, i) => (floats[i] = Number(values[at])));
    this.device.queue.writeBuffer(this.#uniforms, this.#slot * this.#slotSize, this.#bytes);
    this.#written = values;
  }

  #groupOf(buffers: readonly GpuBuffer[]): GpuBindGroup {
    let entry = this.#groups.get(buffers[0]!);
    if (!entry) this.#groups.set(buffers[0]!, (entry = { next: 0, known: [] }));
    const found = entry.known.find((known) => known.buffers.every((buffer, i) => buffer === buffers[i]));
    if (found) return found.group;
    const group = this.device.createBindGroup({
      layout: this.#compiled.layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, size: this.#bytes.byteLength } },
        ...buffers.map((buffer, i) => ({ binding: i + 1, resource: { buffer } })),
      ],
    });
    entry.known[entry.next] = { buffers: [...buffers], group };
    entry.next = (entry.next + 1) % variants;
    return group;
  }
}

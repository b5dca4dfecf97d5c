// SPDX-License-Identifier: Apache-2.0
// Pipelines, with the bind groups that were made for them.

import { Bounded } from '../../bounded.js';
import {
  compute,
  type Device,
  type GpuBindGroup,
  type GpuBindGroupLayout,
  type GpuBuffer,
  type GpuPipeline,
} from './device.js';
import type { Shader } from './shader.js';

/** Bind groups kept for one first buffer: gradients come in buffers of a pool, which take turns. */
const variants = 32;
/** Pipelines kept for a device beside those that are in use. */
const mostPipelines = 512;

interface Compiled {
  readonly pipeline: GpuPipeline;
  readonly layout: GpuBindGroupLayout;
}

/** Programs of one structure share what is compiled. */
const texts = new WeakMap<Device, Bounded<string, Compiled>>();

function compiled(
  device: Device,
  label: string,
  code: string,
  bindings: Shader['bindings'],
  runs: number,
): Compiled {
  let known = texts.get(device);
  if (!known) texts.set(device, (known = new Bounded(mostPipelines)));
  return known.get(code, () => {
    const all = Array.from({ length: runs }, () => bindings).flat();
    const entry = (binding: number, buffer: object): object => ({ binding, visibility: compute, buffer });
    const layout = device.createBindGroupLayout({
      entries: [
        ...Array.from({ length: runs }, (_, i) => entry(i, { type: 'uniform', hasDynamicOffset: true })),
        ...all.map(({ writes }, i) => entry(i + runs, { type: writes ? 'storage' : 'read-only-storage' })),
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

/** The buffers of one run of a shader. */
export interface Bound {
  /** Its uniforms are a part of it, which a dispatch chooses. */
  readonly uniforms: GpuBuffer;
  readonly bytes: number;
  readonly buffers: readonly GpuBuffer[];
}

/** A compiled text, for one run or several that share a dispatch, and the bind groups that its stage made: they go with it. */
export class Pipeline {
  readonly #compiled: Compiled;
  readonly #groups = new WeakMap<
    GpuBuffer,
    { next: number; known: { buffers: readonly GpuBuffer[]; group: GpuBindGroup }[] }
  >();

  constructor(
    private readonly device: Device,
    label: string,
    code: string,
    { bindings }: Shader,
    runs = 1,
  ) {
    this.#compiled = compiled(device, label, code, bindings, runs);
  }

  get compiled(): GpuPipeline {
    return this.#compiled.pipeline;
  }

  /** The bind group for the buffers of all runs. */
  group(runs: readonly Bound[]): GpuBindGroup {
    const buffers = [...runs.flatMap((run) => run.buffers), ...runs.map(({ uniforms }) => uniforms)];
    let entry = this.#groups.get(buffers[0]!);
    if (!entry) this.#groups.set(buffers[0]!, (entry = { next: 0, known: [] }));
    const found = entry.known.find((known) => known.buffers.every((buffer, i) => buffer === buffers[i]));
    if (found) return found.group;
    const resources = [
      ...runs.map(({ uniforms, bytes }) => ({ buffer: uniforms, size: bytes })),
      ...runs.flatMap((run) => run.buffers.map((buffer) => ({ buffer }))),
    ];
    const group = this.device.createBindGroup({
      layout: this.#compiled.layout,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    entry.known[entry.next] = { buffers, group };
    entry.next = (entry.next + 1) % variants;
    return group;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Runs of shaders become dispatches. Those of one text that follow each other and touch tensors of their own share one, as far
// as the device binds their buffers: with many small tensors a step is as long as it has dispatches.

import * as tf from '@tensorflow/tfjs-core';
import { dispatch, submit, type GpuBackend } from './backend.js';
import type { Device, GpuBuffer } from './device.js';
import type { Shader } from './shader.js';
import type { Pipeline } from './pipelines.js';

/** A shader on a device. */
interface Stage {
  readonly device: Device;
  readonly name: string;
  readonly shader: Shader;
  /** How many runs share a dispatch at most. */
  readonly runs: number;
  /** For a run alone, and for that many. */
  readonly pipeline: Pipeline;
  readonly joined: Pipeline;
  readonly uniforms: GpuBuffer;
  /** Bytes of the uniforms of a run. */
  readonly bytes: number;
}

/** One run of a stage. */
interface Run {
  readonly stage: Stage;
  /** Where its uniforms are. */
  readonly offset: number;
  /** One for each binding. */
  readonly buffers: readonly GpuBuffer[];
}

/** How many runs of a shader share a dispatch at most. */
export function runsPerDispatch({ joined, bindings }: Shader, limits: Device['limits']): number {
  if (!joined) return 1;
  const { maxStorageBuffersPerShaderStage: storage, maxDynamicUniformBuffersPerPipelineLayout: uniforms } =
    limits;
  return Math.max(1, Math.min(Math.floor(storage / bindings.length), uniforms));
}

/** The dispatches of a backend. */
class Dispatches {
  /** Runs that wait for more of their kind. */
  #waiting: Run[] = [];
  readonly #begin: () => void;

  constructor(private readonly backend: GpuBackend) {
    this.#begin = backend.ensureCommandEncoderReady.bind(backend);
    // All commands of the backend go through one of these first: what waits comes before them.
    for (const method of ['ensureCommandEncoderReady', 'endComputePassEncoder', 'submitQueue'] as const) {
      const original = backend[method].bind(backend);
      backend[method] = () => {
        this.#flush();
        original();
      };
    }
  }

  /** The encoder of the commands encoded next: another object once these are submitted. */
  encoder(): object {
    this.#begin();
    return this.backend.commandEncoder!;
  }

  /** A run, in order with all other commands. */
  add(run: Run): void {
    if (!this.#waiting.every((other) => mayShare(other, run))) this.#flush();
    this.#waiting.push(run);
    const { backend } = this;
    if (this.#waiting.length === run.stage.runs || backend.activeTimers) this.#flush();
    // Buffers of runs that wait belong to commands that are not submitted yet, as do those of others.
    if (backend.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE'))
      submit(backend);
  }

  #flush(): void {
    const runs = this.#waiting;
    if (runs.length === 0) return;
    this.#waiting = [];
    if (runs.length === runs[0]!.stage.runs) this.#encode(runs);
    else for (const run of runs) this.#encode([run]);
  }

  #encode(runs: readonly Run[]): void {
    const { stage } = runs[0]!;
    const pipeline = runs.length > 1 ? stage.joined : stage.pipeline;
    const workgroups = runs.reduce((sum, run) => sum + run.stage.shader.workgroups, 0);
    const columns = Math.min(workgroups, stage.device.limits.maxComputeWorkgroupsPerDimension);
    dispatch(this.backend, stage.name, {
      pipeline: pipeline.compiled,
      group: pipeline.group(
        runs.map(({ stage: { uniforms, bytes }, buffers }) => ({ uniforms, bytes, buffers })),
      ),
      offsets: runs.map(({ offset }) => offset),
      workgroups: [columns, Math.ceil(workgroups / columns)],
    });
  }
}

/** Whether neither writes what the other touches, and one text does for both. */
function mayShare(one: Run, other: Run): boolean {
  const { bindings, code } = one.stage.shader;
  if (code !== other.stage.shader.code) return false;
  return one.buffers.every((buffer, i) =>
    other.buffers.every((second, j) => buffer !== second || !(bindings[i]!.writes || bindings[j]!.writes)),
  );
}

const known = new WeakMap<GpuBackend, Dispatches>();

/** The dispatches of a backend. */
export function dispatchesOf(backend: GpuBackend): Dispatches {
  let dispatches = known.get(backend);
  if (!dispatches) known.set(backend, (dispatches = new Dispatches(backend)));
  return dispatches;
}

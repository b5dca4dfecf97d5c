// SPDX-License-Identifier: Apache-2.0
// The executor of the cpu backend: the WebAssembly kernels over a small memory of our own, through which the backend's
// arrays are staged. Elementwise loops and reductions over everything go in blocks that stay in the cache; loops over
// several axes need their tensors whole.

import * as tf from '@tensorflow/tfjs-core';
import { Unsupported, type Executor, type Kernel } from '../../executor.js';
import type { ReductionName } from '../../language.js';
import { hostValues, type Program } from '../../program.js';
import { sizeOf } from '../../shape.js';
import { reductionOf } from '../wasm/loops.js';
import { compileLoops, inPlace, type CompiledLoop } from '../wasm/module.js';

/** What is used of the cpu backend. */
interface CpuBackend {
  readonly data: { get(dataId: object): { values: Float32Array } };
  refCount(dataId: object): number;
  makeTensorInfo(shape: readonly number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

const blockLength = 4096;
const pageBytes = 65536;

let memory: WebAssembly.Memory | undefined;

/** Float32 view of the scratch memory, at least `length` numbers long. */
function scratch(length: number): Float32Array {
  memory ??= new WebAssembly.Memory({ initial: 16 });
  const missing = 4 * length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  return new Float32Array(memory.buffer);
}

function cpuBackend(): CpuBackend {
  return tf.backend() as unknown as CpuBackend;
}

function assertKnown(backend: CpuBackend): void {
  const known = typeof backend.data?.get === 'function' && typeof backend.makeTensorInfo === 'function';
  if (!known) throw new Unsupported('the cpu backend does not show its arrays');
  if (typeof WebAssembly === 'undefined') throw new Unsupported('there is no WebAssembly');
}

/** WebAssembly SIMD kernels over staged copies of the cpu backend's arrays. */
export const cpuExecutor: Executor = {
  name: 'cpu',
  compile(phase: Program): Kernel {
    assertKnown(cpuBackend());
    scratch(0);
    const loops = compileLoops(phase, memory!);
    const targets = inPlace(phase, loops);
    const shapes = phase.outputs.map(({ node }) => [...phase.nodes[node]!.shape]);
    const stages = loops.map((loop) => new Stage(phase, loop));
    return {
      executor: 'cpu',
      run(inputs, numbers) {
        const backend = cpuBackend();
        const hosts = hostValues(phase, numbers);
        const arrays = inputs.map(({ dataId }) => backend.data.get(dataId).values);
        const outputs = targets.map((target, i): tf.Tensor => {
          const replaced = inputs[target];
          if (replaced && isOwn(backend, replaced)) return replaced;
          const info = backend.makeTensorInfo(shapes[i]!, 'float32', new Float32Array(sizeOf(shapes[i]!)));
          return tf.engine().makeTensorFromTensorInfo(info);
        });
        const results = outputs.map(({ dataId }) => backend.data.get(dataId).values);
        for (const stage of stages) stage.run(arrays, results, hosts);
        return outputs;
      },
    };
  },
};

/**
 * Whether a tensor's array may be written: a slot nobody else has. A variable a user trains gets a fresh array, since
 * `data()` of this backend hands out the array itself.
 */
function isOwn(backend: CpuBackend, tensor: tf.Tensor): boolean {
  return !(tensor as tf.Variable).trainable && backend.refCount(tensor.dataId) === 1;
}

/** Runs one loop over staged copies. */
class Stage {
  private readonly inputs: readonly { readonly at: number; readonly spans: boolean }[];
  private readonly outputs: readonly { readonly at: number; readonly reduction: ReductionName | null }[];
  private readonly lengths: readonly number[];

  constructor(
    phase: Program,
    private readonly compiled: CompiledLoop,
  ) {
    const { loop, inputs } = compiled;
    this.inputs = inputs.map((at) => ({
      at: phase.inputs.indexOf(at),
      spans: loop.spans(at).includes(true),
    }));
    const isReduced = loop.axes.some(({ reduced }) => reduced);
    this.outputs = loop.outputs.map((output) => ({
      at: phase.outputs.indexOf(output),
      reduction: isReduced ? reductionOf(phase, output) : null,
    }));
    this.lengths = loop.axes.map(({ length }) => length);
  }

  run(arrays: readonly Float32Array[], results: readonly Float32Array[], hosts: readonly unknown[]): void {
    const numbers = this.compiled.hosts.map((at) => Number(hosts[at]));
    if (this.lengths.length === 1) this.inBlocks(this.lengths[0]!, arrays, results, numbers);
    else this.whole(arrays, results, numbers);
  }

  private whole(
    arrays: readonly Float32Array[],
    results: readonly Float32Array[],
    numbers: readonly number[],
  ): void {
    const inputs = this.inputs.map(({ at }) => arrays[at]!);
    const outputs = this.outputs.map(({ at }) => results[at]!);
    const starts = startsOf([...inputs, ...outputs].map(({ length }) => length));
    const view = scratch(starts.at(-1)!);
    inputs.forEach((array, i) => view.set(array, starts[i]!));
    this.compiled.run(...starts.slice(0, -1).map((start) => 4 * start), ...this.lengths, ...numbers);
    outputs.forEach((array, i) => {
      const start = starts[inputs.length + i]!;
      array.set(view.subarray(start, start + array.length));
    });
  }

  private inBlocks(
    length: number,
    arrays: readonly Float32Array[],
    results: readonly Float32Array[],
    numbers: readonly number[],
  ): void {
    const block = Math.min(length, blockLength);
    const starts = startsOf([
      ...this.inputs.map(({ spans }) => (spans ? block : 1)),
      ...this.outputs.map(({ reduction }) => (reduction ? 1 : block)),
    ]);
    const view = scratch(starts.at(-1)!);
    const pointers = starts.slice(0, -1).map((start) => 4 * start);
    const sums = this.outputs.map(({ reduction }) => (reduction ? folds[reduction].start : 0));
    this.inputs.forEach(({ at, spans }, i) => {
      if (!spans) view[starts[i]!] = arrays[at]![0]!;
    });
    for (let from = 0; from < length || from === 0; from += block || 1) {
      const to = Math.min(from + block, length);
      this.inputs.forEach(({ at, spans }, i) => {
        if (spans) view.set(arrays[at]!.subarray(from, to), starts[i]!);
      });
      this.compiled.run(...pointers, to - from, ...numbers);
      this.outputs.forEach(({ at, reduction }, i) => {
        const start = starts[this.inputs.length + i]!;
        if (reduction) sums[i] = folds[reduction].fold(sums[i]!, view[start]!);
        else results[at]!.set(view.subarray(start, start + to - from), from);
      });
    }
    this.outputs.forEach(({ at, reduction }, i) => {
      if (reduction) results[at]![0] = sums[i]!;
    });
  }
}

/** How the reductions of blocks become that of the whole. */
const folds: Readonly<Record<ReductionName, { start: number; fold: (a: number, b: number) => number }>> = {
  sum: { start: 0, fold: (a, b) => a + b },
  max: { start: -Infinity, fold: Math.max },
  min: { start: Infinity, fold: Math.min },
};

/** Places for arrays one after the other, each at a multiple of four numbers; last, the end. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts.at(-1)! + 4 * Math.ceil(length / 4));
  return starts;
}

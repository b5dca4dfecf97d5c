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

let view = new Float32Array(0);

/** Float32 view of the scratch memory, at least `length` numbers long. */
function scratch(length: number): Float32Array {
  memory ??= new WebAssembly.Memory({ initial: 16 });
  const missing = 4 * length - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  if (view.buffer !== memory.buffer) view = new Float32Array(memory.buffer);
  return view;
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
    const sizes = shapes.map(sizeOf);
    const stages = loops.map((loop) => new Stage(phase, loop));
    let scalars: readonly number[] | null = null;
    return {
      executor: 'cpu',
      run(inputs, numbers) {
        const backend = cpuBackend();
        if (numbers !== scalars) {
          scalars = numbers;
          const hosts = hostValues(phase, numbers);
          for (const stage of stages) stage.bind(hosts);
        }
        const arrays = inputs.map(({ dataId }) => backend.data.get(dataId).values);
        const results: Float32Array[] = [];
        const outputs = targets.map((target, i): tf.Tensor => {
          const replaced = inputs[target];
          if (replaced && isOwn(backend, replaced)) {
            results.push(arrays[target]!);
            return replaced;
          }
          const values = new Float32Array(sizes[i]!);
          results.push(values);
          const info = backend.makeTensorInfo(shapes[i]!, 'float32', values);
          return tf.engine().makeTensorFromTensorInfo(info);
        });
        for (const stage of stages) stage.run(arrays, results);
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

/** An input or output of a loop, and its place in the scratch memory. */
interface Staged {
  /** Its place among the tensors of the phase. */
  readonly at: number;
  readonly start: number;
  /** Whether it is walked along; else it is one number for all blocks. */
  readonly spans: boolean;
  readonly reduction: ReductionName | null;
}

/** Runs one loop over staged copies: a block at a time where there is one axis, else all at once. */
class Stage {
  private readonly inputs: readonly Staged[];
  private readonly outputs: readonly Staged[];
  /** Arguments of the loop: pointers, lengths of axes, host numbers. */
  private readonly args: number[];
  private readonly length: number;
  private readonly block: number;
  private readonly end: number;
  private readonly inBlocks: boolean;

  constructor(
    phase: Program,
    private readonly compiled: CompiledLoop,
  ) {
    const { loop, inputs, hosts } = compiled;
    this.inBlocks = loop.axes.length === 1;
    this.length = this.inBlocks ? loop.axes[0]!.length : 0;
    this.block = Math.min(this.length, blockLength);
    const isReduced = loop.axes.some(({ reduced }) => reduced);
    const pointers: number[] = [];
    let end = 0;
    const staged = (at: number, node: number, reduction: ReductionName | null): Staged => {
      const spans = this.inBlocks && reduction === null && loop.spans(node).includes(true);
      const start = end;
      pointers.push(4 * start);
      const room = !this.inBlocks ? sizeOf(phase.nodes[node]!.shape) : spans ? this.block : 1;
      // Each starts at a whole vector.
      end += 4 * Math.ceil(room / 4);
      return { at, start, spans, reduction };
    };
    this.inputs = inputs.map((node) => staged(phase.inputs.indexOf(node), node, null));
    this.outputs = loop.outputs.map((output) =>
      staged(phase.outputs.indexOf(output), output.node, isReduced ? reductionOf(phase, output) : null),
    );
    this.end = end;
    this.args = [...pointers, ...loop.axes.map(({ length }) => length), ...hosts.map(() => 0)];
  }

  /** Takes the host numbers of the runs to come. */
  bind(values: readonly unknown[]): void {
    const { hosts } = this.compiled;
    hosts.forEach((at, i) => (this.args[this.args.length - hosts.length + i] = Number(values[at])));
  }

  run(arrays: readonly Float32Array[], results: readonly Float32Array[]): void {
    const view = scratch(this.end);
    if (this.inBlocks) this.runBlocks(view, arrays, results);
    else this.runWhole(view, arrays, results);
  }

  private runWhole(
    view: Float32Array,
    arrays: readonly Float32Array[],
    results: readonly Float32Array[],
  ): void {
    for (const { at, start } of this.inputs) view.set(arrays[at]!, start);
    this.compiled.run(...this.args);
    for (const { at, start } of this.outputs) take(view, start, results[at]!, 0, results[at]!.length);
  }

  private runBlocks(
    view: Float32Array,
    arrays: readonly Float32Array[],
    results: readonly Float32Array[],
  ): void {
    const { length, block, args } = this;
    const lengthAt = this.inputs.length + this.outputs.length;
    const sums = this.outputs.map(({ reduction }) => (reduction ? folds[reduction].start : 0));
    for (const { at, start, spans } of this.inputs) if (!spans) view[start] = arrays[at]![0]!;
    // Once at least: a reduction over nothing has a value too.
    for (let from = 0; from === 0 || from < length; from += blockLength) {
      const count = Math.min(block, length - from);
      for (const { at, start, spans } of this.inputs) {
        if (spans) view.set(count === length ? arrays[at]! : arrays[at]!.subarray(from, from + count), start);
      }
      args[lengthAt] = count;
      this.compiled.run(...args);
      for (let i = 0; i < this.outputs.length; i++) {
        const { at, start, reduction } = this.outputs[i]!;
        if (reduction) sums[i] = folds[reduction].fold(sums[i]!, view[start]!);
        else take(view, start, results[at]!, from, count);
      }
    }
    this.outputs.forEach(({ at, reduction }, i) => {
      if (reduction) results[at]![0] = sums[i]!;
    });
  }
}

/** Copies numbers out of the scratch memory. */
function take(view: Float32Array, start: number, into: Float32Array, from: number, count: number): void {
  into.set(view.subarray(start, start + count), from);
}

/** How the reductions of blocks become that of the whole. */
const folds: Readonly<Record<ReductionName, { start: number; fold: (a: number, b: number) => number }>> = {
  sum: { start: 0, fold: (a, b) => a + b },
  max: { start: -Infinity, fold: Math.max },
  min: { start: Infinity, fold: Math.min },
};

// SPDX-License-Identifier: Apache-2.0
// Phases over large tensors. Elementwise loops and reductions over everything go in blocks that stay in the cache; loops
// over several axes need their tensors whole.

import type * as tf from '@tensorflow/tfjs-core';
import type { Kernel } from '../../executor.js';
import { smallGuard, type ReductionName } from '../../language.js';
import { arrayFor } from '../../ownership.js';
import { hostValues, type Program } from '../../program.js';
import { sizeOf } from '../../shape.js';
import { reductionOf } from '../wasm/loops.js';
import { isAlone } from '../alone.js';
import { compileLoops, inPlace, type CompiledLoop } from '../wasm/module.js';
import { cpuBackend, created } from './backend.js';
import { scratch, scratchMemory } from './scratch.js';

/** Compiles a phase over tensors of any size; a block is so many numbers, a multiple of four. */
export function blockKernel(phase: Program, blockLength = 4096): Kernel {
  const loops = compileLoops(phase, scratchMemory());
  const targets = inPlace(phase, loops);
  const shapes = phase.outputs.map(({ node }) => [...phase.nodes[node]!.shape]);
  const sizes = shapes.map(sizeOf);
  const stages = loops.map((loop) => new Stage(phase, loop, blockLength));
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
      const data = inputs.map(({ dataId }) => backend.data.get(dataId));
      const arrays = data.map(({ values }) => values);
      const results: Float32Array[] = [];
      const outputs = targets.map((target, i): tf.Tensor => {
        const replaced = inputs[target]!;
        const make = (): Float32Array => new Float32Array(sizes[i]!);
        const isReplaced = data[target]?.refCount === 1;
        // Another input may be the same tensor, and read later than it is written.
        const values =
          isReplaced && isAlone(data, target) ? arrayFor(replaced, arrays[target]!, make) : make();
        results.push(values);
        return isReplaced ? replaced : created(backend, shapes[i]!, values);
      });
      for (const stage of stages) stage.run(arrays, results);
      targets.forEach((target, i) => {
        if (outputs[i] === inputs[target]) data[target]!.values = results[i]!;
      });
      return outputs;
    },
  };
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
  readonly #compiled: CompiledLoop;
  readonly #blockLength: number;
  readonly #inputs: readonly Staged[];
  readonly #outputs: readonly Staged[];
  /** Arguments of the loop: pointers, lengths of axes, host numbers. */
  readonly #args: number[];
  readonly #length: number;
  readonly #block: number;
  readonly #end: number;
  readonly #inBlocks: boolean;
  /** Places among the outputs of the phase. */
  readonly #guards: readonly number[];

  constructor(phase: Program, compiled: CompiledLoop, blockLength: number) {
    this.#compiled = compiled;
    this.#blockLength = blockLength;
    const { loop, inputs, hosts, scratch: running } = compiled;
    this.#inBlocks = loop.axes.length === 1;
    this.#length = this.#inBlocks ? loop.axes[0]!.length : 0;
    this.#block = Math.min(this.#length, blockLength);
    const pointers: number[] = [];
    let end = 0;
    const staged = (at: number, node: number, reduction: ReductionName | null): Staged => {
      const spans = this.#inBlocks && reduction === null && loop.spans(node).includes(true);
      const start = end;
      pointers.push(4 * start);
      const room = !this.#inBlocks ? sizeOf(phase.nodes[node]!.shape) : spans ? this.#block : 1;
      // Each starts at a whole vector.
      end += 4 * Math.ceil(room / 4);
      return { at, start, spans, reduction };
    };
    this.#inputs = inputs.map((node) => staged(phase.inputs.indexOf(node), node, null));
    this.#outputs = loop.outputs.map((output) =>
      staged(phase.outputs.indexOf(output), output.node, loop.reduces ? reductionOf(phase, output) : null),
    );
    this.#guards = loop.guards.map((output) => phase.outputs.indexOf(output));
    if (running > 0) pointers.push(4 * end);
    this.#end = end + running / 4;
    this.#args = [...pointers, ...loop.axes.map(({ length }) => length), ...hosts.map(() => 0)];
  }

  /** Takes the host numbers of the runs to come. */
  bind(values: readonly unknown[]): void {
    const { hosts } = this.#compiled;
    hosts.forEach((at, i) => (this.#args[this.#args.length - hosts.length + i] = Number(values[at])));
  }

  run(arrays: readonly Float32Array[], results: readonly Float32Array[]): void {
    const isSmall = (at: number): boolean => results[at]!.every((x) => x <= smallGuard);
    // The results are new arrays, of zeros.
    if (this.#guards.length > 0 && this.#guards.every(isSmall)) return;
    const view = scratch(this.#end);
    if (this.#inBlocks) this.#runBlocks(view, arrays, results);
    else this.#runWhole(view, arrays, results);
  }

  #runWhole(view: Float32Array, arrays: readonly Float32Array[], results: readonly Float32Array[]): void {
    for (const { at, start } of this.#inputs) view.set(arrays[at]!, start);
    this.#compiled.run(...this.#args);
    for (const { at, start } of this.#outputs) take(view, start, results[at]!, 0, results[at]!.length);
  }

  #runBlocks(view: Float32Array, arrays: readonly Float32Array[], results: readonly Float32Array[]): void {
    const length = this.#length;
    const block = this.#block;
    const args = this.#args;
    const lengthAt = this.#inputs.length + this.#outputs.length;
    const sums = this.#outputs.map(({ reduction }) => (reduction ? folds[reduction].start : 0));
    for (const { at, start, spans } of this.#inputs) if (!spans) view[start] = arrays[at]![0]!;
    // Once at least: a reduction over nothing has a value too.
    for (let from = 0; from === 0 || from < length; from += this.#blockLength) {
      const count = Math.min(block, length - from);
      for (const { at, start, spans } of this.#inputs) {
        if (spans) view.set(count === length ? arrays[at]! : arrays[at]!.subarray(from, from + count), start);
      }
      args[lengthAt] = count;
      this.#compiled.run(...args);
      for (let i = 0; i < this.#outputs.length; i++) {
        const { at, start, reduction } = this.#outputs[i]!;
        if (reduction) sums[i] = folds[reduction].fold(sums[i]!, view[start]!);
        else take(view, start, results[at]!, from, count);
      }
    }
    this.#outputs.forEach(({ at, reduction }, i) => {
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

// SPDX-License-Identifier: Apache-2.0

import { Bounded } from '../../bounded.js';
import { Unsupported } from '../../executor.js';
import type { Program } from '../../program.js';
import { accumulatorBytes } from './accumulator.js';
import { emitLoop } from './emit.js';
import { frameOf, textOf, type Frame } from './frame.js';
import { loopsOf, type Loop } from './loops.js';

/** Pointers of inputs and outputs, lengths of axes, host numbers. */
export type Run = (...args: number[]) => void;

/** A loop of a phase, ready to run in one memory. */
export interface CompiledLoop extends Pick<Frame, 'inputs' | 'hosts'> {
  readonly loop: Loop;
  /** Bytes of memory it takes for its running values; without any, there is no such argument. */
  readonly scratch: number;
  readonly run: Run;
}

/** Instances kept for a memory beside those that are in use. */
const mostInstances = 512;

/** By text: programs differ in sizes more often than in structure. */
const instances = new WeakMap<WebAssembly.Memory, Bounded<string, Run>>();

/** What was compiled for a memory: a phase may be run alone as well as among others. */
const compiled = new WeakMap<WebAssembly.Memory, WeakMap<Program, CompiledLoop[]>>();

/**
 * Compiles the loops of a phase for a memory.
 * @throws Unsupported where WebAssembly may not be compiled (a content security policy) or has no SIMD
 */
export function compileLoops(phase: Program, memory: WebAssembly.Memory): CompiledLoop[] {
  let known = compiled.get(memory);
  if (!known) compiled.set(memory, (known = new WeakMap()));
  let loops = known.get(phase);
  if (!loops) {
    const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    loops = loopsOf(phase).map((loop) => {
      const frame = frameOf(phase, loop);
      const { inputs, hosts, columns } = frame;
      const run = instance(memory, textOf(phase, loop, frame), () => emitLoop(phase, loop, frame, shared));
      // Of each column, of which there is one where there is no axis at all.
      const scratch = accumulatorBytes * columns.length * Math.max(1, loop.axes.at(-1)?.length ?? 1);
      return { loop, inputs, hosts, scratch, run };
    });
    known.set(phase, loops);
  }
  return loops;
}

function instance(memory: WebAssembly.Memory, text: string, emit: () => Uint8Array<ArrayBuffer>): Run {
  let known = instances.get(memory);
  if (!known) instances.set(memory, (known = new Bounded(mostInstances)));
  return known.get(text, () => {
    try {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(emit()), { env: { memory } });
      return exports['run'] as Run;
    } catch (error) {
      throw new Unsupported(`WebAssembly refused the kernel: ${(error as Error).message}`);
    }
  });
}

/**
 * Which outputs may overwrite the input they replace: elementwise ones whose input no later loop reads.
 * @returns for each output of the phase, the input's place, or −1
 */
export function inPlace(phase: Program, loops: readonly CompiledLoop[]): number[] {
  return phase.outputs.map((output) => {
    if (output.replaces < 0 || phase.nodes[output.node]!.axes !== undefined) return -1;
    const own = loops.findIndex(({ loop }) => loop.outputs.includes(output));
    const read = loops.slice(own + 1).some(({ inputs }) => inputs.includes(phase.inputs[output.replaces]!));
    return read ? -1 : output.replaces;
  });
}

// SPDX-License-Identifier: Apache-2.0
// All loops of a program, called one after the other. What phases hand on to each other lies in scratch memory, so that
// no tensor is made for it.

import { isReduction, smallGuard } from '../../language.js';
import { hostValues, type Program } from '../../program.js';
import { sizeOf } from '../../shape.js';
import { intermediate } from '../../subprogram.js';
import { compileLoops, inPlace, type Run } from './module.js';

/** Whatever lies in the scratch memory starts at a multiple of this, a vector. */
const alignment = 16;

interface Call {
  readonly run: Run;
  /** Pointers, lengths of axes, host numbers. */
  readonly args: number[];
  /** Places of the pointers, which come first. */
  readonly places: readonly number[];
  /** Positions of the host nodes, which come last. */
  readonly hosts: readonly number[];
  /** Of guarded results: places of the pointers to guard and result, and how many numbers are there. */
  readonly guarded: readonly { readonly guard: number; readonly result: number; readonly size: number }[];
}

/** One phase: its loops, and the places of its host numbers among those of the program. */
interface Part {
  readonly phase: Program;
  readonly scalars: readonly number[];
  readonly calls: readonly Call[];
}

/** The loops of a program's phases in one memory. */
export class LoopSequence {
  readonly #memory: WebAssembly.Memory;
  /** Pointers to inputs and outputs, to be set before a run; then those to scratch memory. */
  readonly pointers: number[];
  /** For every output, the place of the input it may overwrite, or −1. */
  readonly targets: readonly number[];
  /** For every output, the place of an earlier one that is the same reduction, or −1; no loop writes it again. */
  readonly copies: readonly number[];
  /** Bytes of scratch memory. */
  readonly scratch: number;
  readonly #parts: readonly Part[];
  readonly #tensors: number;
  /** Where in the scratch memory the pointers after those to tensors point. */
  readonly #offsets: number[] = [];
  #base = -1;
  #scalars: readonly number[] | null = null;
  /** Of the memory, until it grows. */
  #view = new Float32Array();

  constructor(program: Program, phases: readonly Program[], memory: WebAssembly.Memory) {
    this.#memory = memory;
    const { nodes, inputs, outputs } = program;
    this.#tensors = inputs.length + outputs.length;
    // A reduction is computed by an early phase, under a name of its own; everything else by the last one.
    const names = outputs.map(({ name, node }) =>
      phases.length > 1 && isReduction(nodes[node]!.op) ? intermediate(node) : name,
    );
    this.copies = names.map((name, i) => (names.indexOf(name) < i ? names.indexOf(name) : -1));
    let end = 0;
    const allocate = (bytes: number): number => {
      this.#offsets.push(end);
      end += alignment * Math.ceil(bytes / alignment);
      return this.#tensors + this.#offsets.length - 1;
    };
    const targets = outputs.map(() => -1);
    const readable = new Map(inputs.map((at, place) => [nodes[at]!.name!, place]));
    this.#parts = phases.map((phase) => {
      const loops = compileLoops(phase, memory);
      const sources = new Map(phase.inputs.map((at) => [at, readable.get(phase.nodes[at]!.name!)!]));
      const overwritten = inPlace(phase, loops);
      const results = new Map(
        phase.outputs.map((output, i) => {
          const own = names.indexOf(output.name);
          const place = own < 0 ? allocate(4 * sizeOf(phase.nodes[output.node]!.shape)) : inputs.length + own;
          if (own >= 0) targets[own] = sources.get(phase.inputs[overwritten[i]!]!) ?? -1;
          if (phases.length > 1) readable.set(output.name, place);
          return [output, place];
        }),
      );
      const calls = loops.map(({ run, loop, scratch, ...read }): Call => {
        const places = [
          ...read.inputs.map((at) => sources.get(at)!),
          ...loop.outputs.map((output) => results.get(output)!),
          ...(scratch > 0 ? [allocate(scratch)] : []),
        ];
        const others = [...loop.axes.map(({ length }) => length), ...read.hosts.map(() => 0)];
        return {
          run,
          places,
          hosts: read.hosts,
          args: [...places.map(() => 0), ...others],
          guarded: loop.guards.map((output, i) => ({
            guard: results.get(output)!,
            result: results.get(loop.outputs[i]!)!,
            size: sizeOf(phase.nodes[output.node]!.shape),
          })),
        };
      });
      return { phase, scalars: phase.scalars.map((name) => program.scalars.indexOf(name)), calls };
    });
    this.targets = targets;
    this.scratch = end;
    this.pointers = Array.from({ length: this.#tensors + this.#offsets.length }, () => 0);
  }

  /**
   * Runs all loops on the tensors that are pointed to.
   *
   * @param scalars - numbers in the order of the program's scalars; another array whenever one has changed
   * @param base - pointer to the scratch memory
   */
  run(scalars: readonly number[], base: number): void {
    if (scalars !== this.#scalars) this.#bind(scalars);
    const { pointers } = this;
    if (base !== this.#base) {
      this.#offsets.forEach((offset, i) => (pointers[this.#tensors + i] = base + offset));
      this.#base = base;
    }
    for (const { calls } of this.#parts) {
      for (const call of calls) {
        if (call.guarded.length > 0 && this.#isLeftOut(call)) continue;
        const { run, args, places } = call;
        for (let i = 0; i < places.length; i++) args[i] = pointers[places[i]!]!;
        run(...args);
      }
    }
  }

  /** Fills the results with 0 where the guards are small. */
  #isLeftOut({ guarded }: Call): boolean {
    const { pointers } = this;
    for (const { guard, result, size } of guarded) {
      const [from, to] = [pointers[guard]! / 4, pointers[result]! / 4];
      // Memory that has grown leaves a view that is too short, or empty. To ask the memory itself takes longer than all the rest.
      if (Math.max(from, to) + size > this.#view.length) this.#view = new Float32Array(this.#memory.buffer);
      for (let i = 0; i < size; i++) {
        if (!(this.#view[from + i]! <= smallGuard)) return false;
        this.#view[to + i] = 0;
      }
    }
    return true;
  }

  #bind(scalars: readonly number[]): void {
    for (const { phase, scalars: own, calls } of this.#parts) {
      const values = hostValues(
        phase,
        own.map((at) => scalars[at]!),
      );
      for (const { args, hosts } of calls) {
        hosts.forEach((at, i) => (args[args.length - hosts.length + i] = Number(values[at])));
      }
    }
    this.#scalars = scalars;
  }
}

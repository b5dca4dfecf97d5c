// SPDX-License-Identifier: Apache-2.0
// One loop nest of a phase as a WebAssembly function: pointers, lengths and host numbers in, results in memory.
//
// The last axis is the one elements lie along. It is walked four lanes at a time, by elementwise loops four such vectors
// side by side, which hides how long a result takes; the rest element by element, in all lanes. What does not change
// along it is computed before. Sums are accumulated in float64.

import type { Output, Program } from '../../program.js';
import { Accumulator, accumulatorBytes, type Mode } from './accumulator.js';
import { Code, encodeModule, type ValueType } from './encoder.js';
import type { Frame } from './frame.js';
import { reductionOf, type Loop } from './loops.js';
import { Memory, type Operand } from './memory.js';
import { ValueWriter, type Values } from './values.js';
import { Walk } from './walk.js';

/** A result that is reduced. */
interface Reduction {
  readonly accumulator: Accumulator;
  readonly argument: number;
  readonly target: Operand;
  /** Axes it keeps. */
  readonly kept: readonly number[];
  /** How many of the axes before the last it keeps. */
  readonly depth: number;
  /** Its place among the accumulators of a column, or −1 where the last axis is reduced over. */
  readonly column: number;
}

/**
 * Encodes a loop of a phase: a function of pointers to inputs, outputs and running values (where it has such), lengths of axes,
 * and host values.
 */
export function emitLoop(
  program: Program,
  loop: Loop,
  frame: Frame,
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  return new Emitter(program, loop, frame).encode(shared);
}

class Emitter {
  readonly #program: Program;
  readonly #loop: Loop;
  readonly #frame: Frame;
  readonly #code: Code;
  readonly #walk: Walk;
  readonly #memory: Memory;
  readonly #values: ValueWriter;
  readonly #operands = new Map<number, Operand>();
  readonly #targets: readonly Operand[];
  readonly #reductions: readonly Reduction[];
  /** Pointer to memory for accumulators, after those to outputs. */
  readonly #scratch: number;

  constructor(program: Program, loop: Loop, frame: Frame) {
    this.#program = program;
    this.#loop = loop;
    this.#frame = frame;
    const { inputs, hosts, order, columns } = frame;
    const tensors = inputs.length + loop.outputs.length;
    const pointers = tensors + (columns.length > 0 ? 1 : 0);
    this.#code = new Code([
      ...Array.from({ length: pointers + loop.axes.length }, (): ValueType => 'i32'),
      ...hosts.map((at): ValueType => (program.nodes[at]!.kind === 'boolean' ? 'i32' : 'f32')),
    ]);
    this.#scratch = tensors;
    this.#walk = new Walk(
      this.#code,
      loop.axes.map((_, axis) => pointers + axis),
    );
    this.#memory = new Memory(this.#code, this.#walk);
    this.#values = new ValueWriter(this.#code, program, loop, order, (at, mode, axes, offset) =>
      this.#memory.load(this.#operands.get(at)!, mode, axes, offset),
    );
    inputs.forEach((at, i) => this.#operands.set(at, this.#memory.operand(i, loop.spans(at))));
    this.#targets = loop.outputs.map(({ node }, i) =>
      this.#memory.operand(inputs.length + i, loop.spans(node)),
    );
    this.#reductions = loop.reduces
      ? loop.outputs.map((output, i) => this.#reduction(output, this.#targets[i]!, columns.indexOf(output)))
      : [];
  }

  encode(shared: boolean): Uint8Array<ArrayBuffer> {
    const { hosts } = this.#frame;
    const first = this.#code.params.length - hosts.length;
    const uniform = this.#values.uniform(new Map(hosts.map((at, i) => [at, first + i])));
    if (this.#loop.reduces) this.#reduce(uniform, 0);
    else this.#elementwise(uniform);
    return encodeModule(this.#code, shared);
  }

  // --- The two forms of a loop ------------------------------------------------------------------------------------

  #elementwise(uniform: Values): void {
    if (this.#loop.axes.length === 0) {
      this.#frame.roots.forEach((at, i) => this.#memory.store(this.#targets[i]!, uniform.get(at)!, 'single'));
      return;
    }
    this.#walk.nest(this.#loop.order, () => {
      const values = this.#values.invariant(uniform);
      this.#memory.rebase([...this.#operands.values(), ...this.#targets]);
      this.#walk.along(
        (mode, vectors) => {
          this.#values
            .body(values, mode, vectors)
            .forEach((inner, k) =>
              this.#frame.roots.forEach((at, i) =>
                this.#memory.store(this.#targets[i]!, inner.get(at)!, mode, 16 * k),
              ),
            );
        },
        [64, 16, 4],
      );
    });
  }

  /**
   * The walk over the axes from the i-th of the order on. A reduction starts where the axes it keeps have been walked
   * into, and is stored behind those it reduces over.
   */
  #reduce(uniform: Values, i: number): void {
    const { order } = this.#loop;
    const own = this.#reductions.filter(({ depth }) => depth === i);
    for (const { accumulator } of own) accumulator.start();
    const columns = own.filter(({ column }) => column >= 0);
    if (columns.length > 0) {
      this.#walk.along((mode) =>
        this.#inColumns(columns, mode, ({ accumulator }, place, at) => accumulator.save(place, at, mode)),
      );
    }
    if (i < order.length) this.#walk.nest([order[i]!], () => this.#reduce(uniform, i + 1));
    else this.#accumulate(uniform);
    if (columns.length > 0) {
      this.#walk.along((mode) =>
        this.#inColumns(columns, mode, ({ accumulator, target, kept }, place, at) => {
          accumulator.load(place, at, mode);
          this.#memory.address(target, kept);
          accumulator.result(mode);
          this.#memory.write(mode);
        }),
      );
    }
    for (const { accumulator, target, kept, column } of own) {
      if (column >= 0) continue;
      this.#memory.address(target, kept);
      accumulator.fold();
      this.#memory.write('single');
    }
  }

  /** One row: reductions over the last axis in locals, those that keep it in memory. */
  #accumulate(uniform: Values): void {
    const values = this.#values.invariant(uniform);
    this.#memory.rebase(this.#operands.values());
    this.#walk.along((mode) => {
      const [inner] = this.#values.body(values, mode) as [Values];
      const add = ({ accumulator, argument }: Reduction): void => accumulator.add(inner.get(argument)!, mode);
      const columns = this.#reductions.filter(({ column }) => column >= 0);
      this.#inColumns(columns, mode, (reduction, place, at) => {
        reduction.accumulator.load(place, at, mode);
        add(reduction);
        reduction.accumulator.save(place, at, mode);
      });
      for (const reduction of this.#reductions) if (reduction.column < 0) add(reduction);
    });
  }

  /** Visits accumulators in memory: those of a column one after the other, those of four columns together. */
  #inColumns(
    columns: readonly Reduction[],
    mode: Mode,
    visit: (reduction: Reduction, place: number, offset: number) => void,
  ): void {
    if (columns.length === 0) return;
    const code = this.#code;
    code.get(this.#scratch, this.#walk.index[this.#walk.last]!);
    code.i32((accumulatorBytes * this.#frame.columns.length) / 4);
    code.emit(0x6c, 0x6a); // i32.mul, i32.add
    const place = code.kept('i32');
    const bytes = accumulatorBytes * (mode === 'lanes' ? 4 : 1);
    for (const reduction of columns) visit(reduction, place, reduction.column * bytes);
  }

  #reduction(output: Output, target: Operand, column: number): Reduction {
    const { order, spans } = this.#loop;
    const own = spans(output.node);
    const outer = order.filter((axis) => own[axis]);
    return {
      accumulator: new Accumulator(this.#code, reductionOf(this.#program, output)!),
      argument: this.#program.nodes[output.node]!.args[0]!,
      target,
      column,
      depth: outer.length,
      kept: column >= 0 ? [...outer, this.#walk.last] : outer,
    };
  }
}

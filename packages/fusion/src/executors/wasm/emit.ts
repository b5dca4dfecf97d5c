// SPDX-License-Identifier: Apache-2.0
// One loop nest of a phase as a WebAssembly function: pointers, lengths and host numbers in, results in memory.
//
// The last axis is the one elements lie along. It is walked four lanes at a time, the rest element by element; what does
// not change along it is computed before. Sums are accumulated in float64.

import type { Output, Program } from '../../program.js';
import { Accumulator, accumulatorBytes, type Mode } from './accumulator.js';
import { Code, encodeModule, type ValueType } from './encoder.js';
import { functions, type FunctionName } from './functions.js';
import { instructions } from './instructions.js';
import { needed, reductionOf, type Loop } from './loops.js';

/** An encoded loop and the order of its arguments: inputs, outputs, scratch memory, lengths of axes, host values. */
export interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Positions of the input nodes it reads. */
  readonly inputs: readonly number[];
  /** Positions of the host nodes it takes. */
  readonly hosts: readonly number[];
  /** Bytes of memory it takes for its running values; without any, there is no such argument. */
  readonly scratch: number;
}

/** Locals that hold a node's value, by mode. */
type Values = Map<number, Partial<Record<Mode, number>>>;

/** Something in memory: an input node or an output, with the axes it spans. */
interface Operand {
  readonly pointer: number;
  readonly spans: readonly boolean[];
  /** Local with the bytes from one index to the next, per axis; −1 where there is none. */
  readonly strides: number[];
  /** Local with the address where the walk along the last axis starts; the pointer itself when there is one axis. */
  base: number;
}

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

/** Encodes a loop of a phase. */
export function emitLoop(program: Program, loop: Loop, shared: boolean): Emitted {
  return new Emitter(program, loop).encode(shared);
}

class Emitter {
  private readonly code: Code;
  /** What the loop computes: the node of each output, or the argument of its reduction. */
  private readonly roots: readonly number[];
  private readonly order: readonly number[];
  private readonly inputs: readonly number[];
  private readonly hosts: readonly number[];
  private readonly lengths: readonly number[];
  private readonly operands = new Map<number, Operand>();
  private readonly targets: readonly Operand[];
  private readonly last: number;
  /** The index along each axis; along the last one in bytes. */
  private readonly index: readonly number[];
  private readonly reductions: readonly Reduction[];
  /** Pointer to memory for accumulators, after those to outputs. */
  private readonly scratch: number;
  /** Bytes of the accumulators of one column. */
  private readonly columnBytes: number;

  constructor(
    private readonly program: Program,
    private readonly loop: Loop,
  ) {
    const { nodes } = program;
    this.roots = loop.outputs.map((output) =>
      reductionOf(program, output) ? nodes[output.node]!.args[0]! : output.node,
    );
    this.order = needed(program, this.roots);
    this.inputs = this.order.filter((at) => nodes[at]!.op === 'input');
    this.hosts = this.order.filter((at) => nodes[at]!.host && nodes[at]!.op !== 'constant');
    this.last = loop.axes.length - 1;
    // Of an output that keeps the last axis there are as many results as columns.
    const across = loop.reduces ? loop.outputs.filter(({ node }) => loop.spans(node)[this.last]) : [];
    this.columnBytes = accumulatorBytes * across.length;
    const tensors = this.inputs.length + loop.outputs.length;
    const pointers = tensors + (across.length > 0 ? 1 : 0);
    this.code = new Code([
      ...Array.from({ length: pointers + loop.axes.length }, (): ValueType => 'i32'),
      ...this.hosts.map((at): ValueType => (nodes[at]!.kind === 'boolean' ? 'i32' : 'f32')),
    ]);
    this.scratch = tensors;
    this.lengths = loop.axes.map((_, axis) => pointers + axis);
    this.index = loop.axes.map(() => this.code.local('i32'));
    this.inputs.forEach((at, i) => this.operands.set(at, this.operand(i, loop.spans(at))));
    this.targets = loop.outputs.map(({ node }, i) => this.operand(this.inputs.length + i, loop.spans(node)));
    this.reductions = loop.reduces
      ? loop.outputs.map((output, i) => this.reduction(output, this.targets[i]!, across.indexOf(output)))
      : [];
  }

  encode(shared: boolean): Emitted {
    const uniform: Values = new Map();
    this.hosts.forEach((at, i) =>
      uniform.set(at, { single: this.code.params.length - this.hosts.length + i }),
    );
    this.compute(
      this.order.filter((at) => !this.loop.spans(at).includes(true)),
      'single',
      uniform,
      [],
    );
    if (this.loop.reduces) this.reduce(uniform, 0);
    else this.elementwise(uniform);
    return {
      bytes: encodeModule(this.code, shared),
      inputs: this.inputs,
      hosts: this.hosts,
      scratch: this.columnBytes * Math.max(1, this.loop.axes[this.last]?.length ?? 1),
    };
  }

  // --- The two forms of a loop ------------------------------------------------------------------------------------

  private elementwise(uniform: Values): void {
    if (this.loop.axes.length === 0) {
      this.roots.forEach((at, i) => this.store(this.targets[i]!, uniform.get(at)!.single!, 'single'));
      return;
    }
    this.nest(this.loop.order, () => {
      const values = this.invariant(uniform);
      this.rebase();
      this.along((mode) => {
        const inner = this.body(values, mode);
        this.roots.forEach((at, i) => this.store(this.targets[i]!, inner.get(at)![mode]!, mode));
      });
    });
  }

  /**
   * The walk over the axes from the i-th of the order on. A reduction starts where the axes it keeps have been walked
   * into, and is stored behind those it reduces over.
   */
  private reduce(uniform: Values, i: number): void {
    const { order } = this.loop;
    const own = this.reductions.filter(({ depth }) => depth === i);
    for (const { accumulator } of own) accumulator.start();
    const columns = own.filter(({ column }) => column >= 0);
    if (columns.length > 0) {
      this.along((mode) =>
        this.inColumns(columns, mode, ({ accumulator }, place, at) => accumulator.save(place, at, mode)),
      );
    }
    if (i < order.length) this.nest([order[i]!], () => this.reduce(uniform, i + 1));
    else this.accumulate(uniform);
    if (columns.length > 0) {
      this.along((mode) =>
        this.inColumns(columns, mode, ({ accumulator, target, kept }, place, at) => {
          accumulator.load(place, at, mode);
          this.address(target, kept);
          accumulator.result(mode);
          this.write(mode);
        }),
      );
    }
    for (const { accumulator, target, kept, column } of own) {
      if (column >= 0) continue;
      this.address(target, kept);
      accumulator.fold();
      this.write('single');
    }
  }

  /** One row: reductions over the last axis in locals, those that keep it in memory. */
  private accumulate(uniform: Values): void {
    const values = this.invariant(uniform);
    this.rebase();
    this.along((mode) => {
      const inner = this.body(values, mode);
      const add = ({ accumulator, argument }: Reduction): void =>
        accumulator.add(inner.get(argument)![mode]!, mode);
      const columns = this.reductions.filter(({ column }) => column >= 0);
      this.inColumns(columns, mode, (reduction, place, at) => {
        reduction.accumulator.load(place, at, mode);
        add(reduction);
        reduction.accumulator.save(place, at, mode);
      });
      for (const reduction of this.reductions) if (reduction.column < 0) add(reduction);
    });
  }

  /** Visits accumulators in memory: those of a column one after the other, those of four columns together. */
  private inColumns(
    columns: readonly Reduction[],
    mode: Mode,
    visit: (reduction: Reduction, place: number, offset: number) => void,
  ): void {
    if (columns.length === 0) return;
    const { code } = this;
    const place = code.local('i32');
    code.get(this.scratch);
    code.get(this.index[this.last]!);
    code.i32(this.columnBytes / 4);
    code.emit(0x6c, 0x6a); // i32.mul, i32.add
    code.set(place);
    const bytes = accumulatorBytes * (mode === 'lanes' ? 4 : 1);
    for (const reduction of columns) visit(reduction, place, reduction.column * bytes);
  }

  private reduction(output: Output, target: Operand, column: number): Reduction {
    const { order, spans } = this.loop;
    const own = spans(output.node);
    const outer = order.filter((axis) => own[axis]);
    return {
      accumulator: new Accumulator(this.code, reductionOf(this.program, output)!),
      argument: this.program.nodes[output.node]!.args[0]!,
      target,
      column,
      depth: outer.length,
      kept: column >= 0 ? [...outer, this.last] : outer,
    };
  }

  // --- Loops ------------------------------------------------------------------------------------------------------

  private nest(axes: readonly number[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (axis === undefined) return body();
    this.code.i32(0);
    this.code.set(this.index[axis]!);
    this.code.loop(this.index[axis]!, this.lengths[axis]!, 1, () => this.nest(rest, body));
  }

  /** Walks the last axis, in bytes: a vector at a time as far as they reach, then element by element. */
  private along(body: (mode: Mode) => void): void {
    const { code } = this;
    const i = this.index[this.last]!;
    const [end, aligned] = [code.local('i32'), code.local('i32')];
    code.get(this.lengths[this.last]!);
    code.i32(2);
    code.emit(0x74); // i32.shl
    code.set(end);
    code.get(end);
    code.i32(-16);
    code.emit(0x71); // i32.and
    code.set(aligned);
    code.i32(0);
    code.set(i);
    code.loop(i, aligned, 16, () => body('lanes'));
    code.loop(i, end, 4, () => body('single'));
  }

  // --- Values -----------------------------------------------------------------------------------------------------

  /** Adds the values that do not change along the last axis, in both modes. */
  private invariant(uniform: Values): Values {
    const values = new Map(uniform);
    const { spans } = this.loop;
    const outer = this.loop.axes.map((_, axis) => axis).filter((axis) => axis !== this.last);
    const fixed = this.order.filter((at) => !spans(at)[this.last] && spans(at).includes(true));
    this.compute(fixed, 'single', values, outer);
    for (const at of values.keys()) this.splat(values, at);
    return values;
  }

  private body(outer: Values, mode: Mode): Values {
    const values = new Map(outer);
    this.compute(
      this.order,
      mode,
      values,
      this.loop.axes.map((_, axis) => axis),
    );
    return values;
  }

  private splat(values: Values, at: number): void {
    const locals = values.get(at)!;
    if (locals.lanes !== undefined) return;
    const { code } = this;
    const local = code.local('v128');
    if (this.program.nodes[at]!.kind === 'boolean') {
      code.i32(0);
      code.get(locals.single!);
      code.emit(0x6b); // i32.sub: 0 or −1
      code.simd(0x11);
    } else {
      code.get(locals.single!);
      code.simd(0x13);
    }
    code.set(local);
    values.set(at, { ...locals, lanes: local });
  }

  private compute(positions: readonly number[], mode: Mode, values: Values, axes: readonly number[]): void {
    const { code } = this;
    for (const at of positions) {
      if (values.has(at)) continue;
      const node = this.program.nodes[at]!;
      const kind: ValueType = mode === 'lanes' ? 'v128' : node.kind === 'boolean' ? 'i32' : 'f32';
      const local = code.local(kind);
      if (node.op === 'constant') code.f32(node.value!);
      else if (node.op === 'input') this.load(this.operands.get(at)!, mode, axes);
      else
        this.apply(
          node.op,
          node.args.map((arg) => values.get(arg)![mode]!),
          mode,
        );
      code.set(local);
      values.set(at, { [mode]: local });
    }
  }

  private apply(op: string, args: readonly number[], mode: Mode): void {
    const { code } = this;
    if (op in functions) return this.compose(op as FunctionName, args, mode);
    if (op === 'broadcast') return void code.get(args[0]!);
    // WebAssembly takes the condition last.
    const ordered = op === 'where' ? [args[1]!, args[2]!, args[0]!] : args;
    for (const local of ordered) code.get(local);
    const { lanes, single } = instructions[op as keyof typeof instructions];
    if (mode === 'lanes') code.simd(lanes);
    else code.emit(single);
  }

  /** A function of lanes; of a single element, in all lanes. */
  private compose(name: FunctionName, args: readonly number[], mode: Mode): void {
    const { code } = this;
    const vectors = args.map((local) => {
      if (mode === 'lanes') return local;
      const vector = code.local('v128');
      code.get(local);
      code.simd(0x13); // f32x4.splat
      code.set(vector);
      return vector;
    });
    code.get(functions[name](code, ...vectors));
    if (mode === 'single') code.simd(0x1f, 0); // f32x4.extract_lane
  }

  // --- Memory -----------------------------------------------------------------------------------------------------

  /** An operand, with its strides computed at the start of the function. */
  private operand(pointer: number, spans: readonly boolean[]): Operand {
    const { code } = this;
    const strides = spans.map(() => -1);
    for (let axis = this.last, inner = -1; axis >= 0; axis--) {
      if (!spans[axis]) continue;
      if (axis === this.last) {
        inner = axis;
        continue;
      }
      strides[axis] = code.local('i32');
      if (inner < 0) code.i32(4);
      else {
        code.get(this.lengths[inner]!);
        if (inner === this.last) code.i32(4);
        else code.get(strides[inner]!);
        code.emit(0x6c); // i32.mul
      }
      code.set(strides[axis]!);
      inner = axis;
    }
    return { pointer, spans, strides, base: pointer };
  }

  /** Keeps the start of the walk along the last axis of every operand that spans it. */
  private rebase(): void {
    if (this.last === 0) return;
    const outer = this.loop.axes.map((_, axis) => axis).slice(0, -1);
    for (const operand of [...this.operands.values(), ...(this.loop.reduces ? [] : this.targets)]) {
      if (!operand.spans[this.last]) continue;
      operand.base = operand.pointer;
      const base = this.code.local('i32');
      this.address(operand, outer);
      this.code.set(base);
      operand.base = base;
    }
  }

  /** Pushes the address of an operand at the indices of `axes`. */
  private address({ pointer, spans, strides, base }: Operand, axes: readonly number[]): void {
    const { code } = this;
    if (base !== pointer && axes.includes(this.last)) {
      code.get(base);
      code.get(this.index[this.last]!);
      code.emit(0x6a);
      return;
    }
    code.get(pointer);
    for (const axis of axes) {
      if (!spans[axis]) continue;
      code.get(this.index[axis]!);
      if (axis !== this.last) {
        code.get(strides[axis]!);
        code.emit(0x6c);
      }
      code.emit(0x6a); // i32.add
    }
  }

  private load(operand: Operand, mode: Mode, axes: readonly number[]): void {
    this.address(operand, axes);
    if (mode === 'single') this.code.emit(0x2a); // f32.load
    else this.code.simd(operand.spans[this.last] ? 0x00 : 0x09); // v128.load, v128.load32_splat
    this.code.access();
  }

  private store(target: Operand, value: number, mode: Mode): void {
    this.address(target, [...this.loop.axes.keys()]);
    this.code.get(value);
    this.write(mode);
  }

  /** Stores the value on the stack at the address below it. */
  private write(mode: Mode): void {
    if (mode === 'single') this.code.emit(0x38); // f32.store
    else this.code.simd(0x0b); // v128.store
    this.code.access();
  }
}

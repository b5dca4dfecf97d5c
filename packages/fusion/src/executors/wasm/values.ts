// SPDX-License-Identifier: Apache-2.0
// The elementwise part of a loop: values of nodes in locals.

import type { Program } from '../../program.js';
import type { Mode } from './accumulator.js';
import type { Code, ValueType } from './encoder.js';
import { composed, type Compose, type FunctionName } from './composed.js';
import { instructions } from './instructions.js';
import type { Loop } from './loops.js';

/** Locals that hold a node's value, by mode. */
export type Values = Map<number, Partial<Record<Mode, number>>>;

/** Computes the values of a loop's nodes. */
export class ValueWriter {
  readonly #code: Code;
  readonly #program: Program;
  readonly #loop: Loop;
  readonly #order: readonly number[];
  readonly #load: (at: number, mode: Mode, axes: readonly number[]) => void;

  /**
   * @param order - positions of the nodes, each after what it is made of
   * @param load - pushes an element of an input, at the indices of some axes
   */
  constructor(
    code: Code,
    program: Program,
    loop: Loop,
    order: readonly number[],
    load: (at: number, mode: Mode, axes: readonly number[]) => void,
  ) {
    this.#code = code;
    this.#program = program;
    this.#loop = loop;
    this.#order = order;
    this.#load = load;
  }

  /** Adds the values that do not change along the last axis, in both modes. */
  invariant(uniform: Values): Values {
    const values = new Map(uniform);
    const { spans } = this.#loop;
    const last = this.#loop.axes.length - 1;
    const fixed = this.#order.filter((at) => !spans(at)[last] && spans(at).includes(true));
    this.compute(fixed, 'single', values, [...this.#loop.axes.keys()].slice(0, -1));
    for (const at of values.keys()) this.#splat(values, at);
    return values;
  }

  body(outer: Values, mode: Mode): Values {
    const values = new Map(outer);
    this.compute(this.#order, mode, values, [...this.#loop.axes.keys()]);
    return values;
  }

  #splat(values: Values, at: number): void {
    const locals = values.get(at)!;
    if (locals.lanes !== undefined) return;
    const code = this.#code;
    const local = code.local('v128');
    if (this.#program.nodes[at]!.kind === 'boolean') {
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

  compute(positions: readonly number[], mode: Mode, values: Values, axes: readonly number[]): void {
    const code = this.#code;
    for (const at of positions) {
      if (values.has(at)) continue;
      const node = this.#program.nodes[at]!;
      const kind: ValueType = mode === 'lanes' ? 'v128' : node.kind === 'boolean' ? 'i32' : 'f32';
      const local = code.local(kind);
      if (node.op === 'constant') code.f32(node.value!);
      else if (node.op === 'input') this.#load(at, mode, axes);
      else
        this.#apply(
          node.op,
          node.args.map((arg) => values.get(arg)![mode]!),
          mode,
        );
      code.set(local);
      values.set(at, { [mode]: local });
    }
  }

  #apply(op: string, args: readonly number[], mode: Mode): void {
    const code = this.#code;
    const write = composed.get(op as FunctionName);
    if (write) return this.#compose(write, args, mode);
    if (op === 'broadcast') return void code.get(args[0]!);
    // WebAssembly takes the condition last.
    const ordered = op === 'where' ? [args[1]!, args[2]!, args[0]!] : args;
    for (const local of ordered) code.get(local);
    const { lanes, single } = instructions[op as keyof typeof instructions];
    if (mode === 'lanes') code.simd(lanes);
    else code.emit(single);
  }

  /** A function of lanes; of a single element, in all lanes. */
  #compose(write: Compose, args: readonly number[], mode: Mode): void {
    const code = this.#code;
    const vectors = args.map((local) => {
      if (mode === 'lanes') return local;
      const vector = code.local('v128');
      code.get(local);
      code.simd(0x13); // f32x4.splat
      code.set(vector);
      return vector;
    });
    code.get(write(code, ...vectors));
    if (mode === 'single') code.simd(0x1f, 0); // f32x4.extract_lane
  }
}

// SPDX-License-Identifier: Apache-2.0
// The elementwise part of a loop: values of nodes in locals.

import type { Program } from '../../program.js';
import type { Mode } from './accumulator.js';
import type { Code } from './encoder.js';
import { composed, type FunctionName } from './composed.js';
import { instructions } from './instructions.js';
import type { Loop } from './loops.js';

/** By node, the local of a vector with its value; what does not change along the last axis is in all four lanes. */
export type Values = Map<number, number>;

/** Computes the values of a loop's nodes. */
export class ValueWriter {
  readonly #code: Code;
  readonly #program: Program;
  readonly #loop: Loop;
  readonly #order: readonly number[];
  readonly #load: (at: number, mode: Mode, axes: readonly number[], offset: number) => void;

  /**
   * @param order - positions of the nodes, each after what it is made of
   * @param load - pushes an element of an input, at the indices of some axes
   */
  constructor(
    code: Code,
    program: Program,
    loop: Loop,
    order: readonly number[],
    load: (at: number, mode: Mode, axes: readonly number[], offset: number) => void,
  ) {
    this.#code = code;
    this.#program = program;
    this.#loop = loop;
    this.#order = order;
    this.#load = load;
  }

  /** The values that change along no axis; of a host's number the parameter is given. */
  uniform(hosts: ReadonlyMap<number, number>): Values {
    const code = this.#code;
    const values: Values = new Map();
    for (const [at, parameter] of hosts) {
      const isBoolean = this.#program.nodes[at]!.kind === 'boolean';
      if (isBoolean) code.i32(0);
      code.get(parameter);
      if (isBoolean) code.emit(0x6b); // i32.sub: 0 or −1
      code.simd(isBoolean ? 0x11 : 0x13); // splat
      values.set(at, code.kept('v128'));
    }
    this.#compute((at) => !this.#loop.spans(at).includes(true), 'single', [values], []);
    return values;
  }

  /** Adds the values that do not change along the last axis. */
  invariant(uniform: Values): Values {
    const values = new Map(uniform);
    const outer = [...this.#loop.axes.keys()].slice(0, -1);
    this.#compute((at) => !this.#loop.spans(at)[outer.length], 'single', [values], outer);
    return values;
  }

  /** All values, of as many vectors as are given side by side. */
  body(outer: Values, mode: Mode, vectors = 1): Values[] {
    const sides = Array.from({ length: vectors }, () => new Map(outer));
    this.#compute(() => true, mode, sides, [...this.#loop.axes.keys()]);
    return sides;
  }

  /** One node after the other for all sides: while one waits for a result, the others go on. */
  #compute(
    which: (at: number) => boolean,
    mode: Mode,
    sides: readonly Values[],
    axes: readonly number[],
  ): void {
    for (const at of this.#order.filter(which)) {
      if (sides[0]!.has(at)) continue;
      const { op, args } = this.#program.nodes[at]!;
      const operands = args.map((arg) => sides.map((values) => values.get(arg)!));
      const locals =
        composed.get(op as FunctionName)?.(this.#code, ...operands) ??
        sides.map((values, side) => this.#simple(at, mode, values, axes, 16 * side));
      sides.forEach((values, side) => values.set(at, locals[side]!));
    }
  }

  /** The local of a node that is one instruction. */
  #simple(at: number, mode: Mode, values: Values, axes: readonly number[], offset: number): number {
    const code = this.#code;
    const { nodes } = this.#program;
    const { op, value, args } = nodes[at]!;
    const operands = args.map((arg) => values.get(arg)!);
    // WebAssembly takes the condition last. Where it gives 0, the bits of the other are left out.
    if (op === 'where') operands.push(operands.shift()!);
    const isZero = op === 'where' && Object.is(nodes[args[1]!]!.value, 0);
    code.get(...(isZero ? operands.slice(1) : operands));
    if (op === 'constant') {
      code.f32(value!);
      code.simd(0x13); // f32x4.splat
    } else if (op === 'input') this.#load(at, mode, axes, offset);
    else if (op !== 'broadcast') code.simd(isZero ? 0x4f : instructions[op as keyof typeof instructions]); // v128.andnot
    if (op === 'minimum' || op === 'maximum') {
      // pmin and pmax, which processors have, pass over a second operand that is NaN: all its bits are set then.
      code.get(operands[1]!, operands[1]!);
      code.simd(0x42); // f32x4.ne
      code.simd(0x50); // v128.or
    }
    return code.kept('v128');
  }
}

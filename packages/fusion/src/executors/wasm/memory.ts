// SPDX-License-Identifier: Apache-2.0
// Where the elements of tensors lie, and how they are loaded and stored.

import type { Mode } from './accumulator.js';
import type { Code } from './encoder.js';
import type { Walk } from './walk.js';

/** Something in memory: an input node or an output, with the axes it spans. */
export interface Operand {
  readonly pointer: number;
  readonly spans: readonly boolean[];
  /** Local with the bytes from one index to the next, per axis; −1 where there is none. */
  readonly strides: readonly number[];
  /** Local with the address where the walk along the last axis starts; the pointer itself when there is one axis. */
  base: number;
}

/** Addresses of operands during a walk. */
export class Memory {
  readonly #code: Code;
  readonly #walk: Walk;

  constructor(code: Code, walk: Walk) {
    this.#code = code;
    this.#walk = walk;
  }

  /** An operand, with its strides computed at the start of the function. */
  operand(pointer: number, spans: readonly boolean[]): Operand {
    const code = this.#code;
    const { last, lengths } = this.#walk;
    const strides = spans.map(() => -1);
    for (let axis = last, inner = -1; axis >= 0; axis--) {
      if (!spans[axis]) continue;
      if (axis === last) {
        inner = axis;
        continue;
      }
      if (inner < 0) code.i32(4);
      else {
        code.get(lengths[inner]!);
        if (inner === last) code.i32(4);
        else code.get(strides[inner]!);
        code.emit(0x6c); // i32.mul
      }
      strides[axis] = code.kept('i32');
      inner = axis;
    }
    return { pointer, spans, strides, base: pointer };
  }

  /** Keeps the start of the walk along the last axis of every operand that spans it. */
  rebase(operands: Iterable<Operand>): void {
    const { last, outer } = this.#walk;
    if (last === 0) return;
    for (const operand of operands) {
      if (!operand.spans[last]) continue;
      operand.base = operand.pointer;
      this.address(operand, outer);
      operand.base = this.#code.kept('i32');
    }
  }

  /** Pushes the address of an operand at the indices of `axes`. */
  address({ pointer, spans, strides, base }: Operand, axes: readonly number[]): void {
    const code = this.#code;
    const { last, index } = this.#walk;
    if (base !== pointer && axes.includes(last)) {
      code.get(base, index[last]!);
      code.emit(0x6a);
      return;
    }
    code.get(pointer);
    for (const axis of axes) {
      if (!spans[axis]) continue;
      code.get(index[axis]!);
      if (axis !== last) {
        code.get(strides[axis]!);
        code.emit(0x6c);
      }
      code.emit(0x6a); // i32.add
    }
  }

  /** Pushes four elements; a single one in all lanes. */
  load(operand: Operand, mode: Mode, axes: readonly number[], offset: number): void {
    this.address(operand, axes);
    this.#code.simd(mode === 'lanes' && operand.spans[this.#walk.last] ? 0x00 : 0x09); // v128.load, v128.load32_splat
    this.#code.access(offset);
  }

  store(target: Operand, value: number, mode: Mode, offset = 0): void {
    this.address(target, [...this.#walk.lengths.keys()]);
    this.#code.get(value);
    if (mode === 'single') this.#code.simd(0x1f, 0); // f32x4.extract_lane
    this.write(mode, offset);
  }

  /** Stores the value on the stack at the address below it. */
  write(mode: Mode, offset = 0): void {
    if (mode === 'single') this.#code.emit(0x38); // f32.store
    else this.#code.simd(0x0b); // v128.store
    this.#code.access(offset);
  }
}

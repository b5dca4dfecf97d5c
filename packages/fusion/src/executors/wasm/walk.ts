// SPDX-License-Identifier: Apache-2.0
// Loops over the axes of an iteration space.

import type { Mode } from './accumulator.js';
import type { Code } from './encoder.js';

/** The axes of a loop nest as locals: lengths and indices. */
export class Walk {
  readonly #code: Code;
  /** The axis elements lie along. */
  readonly last: number;
  /** The index along each axis; along the last one in bytes. */
  readonly index: readonly number[];

  constructor(
    code: Code,
    readonly lengths: readonly number[],
  ) {
    this.#code = code;
    this.last = lengths.length - 1;
    this.index = lengths.map(() => code.local('i32'));
  }

  /** All axes but the last. */
  get outer(): number[] {
    return [...this.lengths.keys()].slice(0, -1);
  }

  nest(axes: readonly number[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (axis === undefined) return body();
    this.#code.i32(0);
    this.#code.set(this.index[axis]!);
    this.#code.loop(this.index[axis]!, this.lengths[axis]!, 1, () => this.nest(rest, body));
  }

  /**
   * Walks the last axis, in bytes: with each stride as far as it reaches, from some vectors at a time to an element.
   * @param body - what is done for a number of vectors from the index on, or for an element
   */
  along(body: (mode: Mode, vectors: number) => void, strides: readonly number[] = [16, 4]): void {
    const code = this.#code;
    const i = this.index[this.last]!;
    code.i32(0);
    code.set(i);
    for (const stride of strides) {
      code.get(this.lengths[this.last]!);
      code.i32(2);
      code.emit(0x74); // i32.shl
      code.i32(-stride);
      code.emit(0x71); // i32.and
      code.loop(i, code.kept('i32'), stride, () =>
        stride < 16 ? body('single', 1) : body('lanes', stride / 16),
      );
    }
  }
}

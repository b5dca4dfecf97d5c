// SPDX-License-Identifier: Apache-2.0
// The running value of a reduction, in two vectors for four lanes. Of sums these are two float64 lanes each. Of extremes
// one is the largest or smallest number, and the other marks where there was a NaN: the instruction that minds NaN makes
// each step wait long for the one before.

import type { ReductionName } from '../../language.js';
import type { Code } from './encoder.js';

/** Four lanes at a time, or a single element. */
export type Mode = 'lanes' | 'single';

/** Bytes for each column in memory: what the widest reduction needs. */
export const accumulatorBytes = 8;

/** A row per reduction: where it starts, whether it computes in float64, its instruction for lanes and for a number. */
const rows: Readonly<Record<ReductionName, { start: number; wide: boolean; lanes: number; single: number }>> =
  {
    sum: { start: 0, wide: true, lanes: 0xf0, single: 0xa0 }, // f64x2.add
    max: { start: -Infinity, wide: false, lanes: 0xeb, single: 0x97 }, // f32x4.pmax
    min: { start: Infinity, wide: false, lanes: 0xea, single: 0x96 }, // f32x4.pmin
  };

const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const promoteLow = 0x5f;
const demote = 0x5e;

/** One reduction's locals: two vectors for lanes, and a number for what is left over. */
export class Accumulator {
  readonly #code: Code;
  readonly #row: (typeof rows)[ReductionName];
  readonly #vectors: readonly [number, number];
  readonly #single: number;

  constructor(code: Code, reduction: ReductionName) {
    this.#code = code;
    this.#row = rows[reduction];
    this.#vectors = [code.local('v128'), code.local('v128')];
    this.#single = code.local(this.#row.wide ? 'f64' : 'f32');
  }

  /** Sets it to the value over nothing. */
  start(): void {
    const code = this.#code;
    const row = this.#row;
    const { start, wide } = row;
    [start, wide ? start : 0].forEach((value, i) => {
      if (wide) code.f64(value);
      else code.f32(value);
      code.simd(wide ? 0x14 : 0x13); // splat
      code.set(this.#vectors[i]!);
    });
    if (wide) code.f64(start);
    else code.f32(start);
    code.set(this.#single);
  }

  /** Takes in the vector of a local, or its first lane. */
  add(value: number, mode: Mode): void {
    const code = this.#code;
    const row = this.#row;
    const single = this.#single;
    const [first, second] = this.#vectors;
    if (mode === 'single') {
      code.get(single, value);
      code.simd(0x1f, 0); // f32x4.extract_lane
      if (row.wide) code.emit(0xbb); // f64.promote_f32
      code.emit(row.single);
      code.set(single);
      return;
    }
    code.get(first, value);
    if (row.wide) code.simd(promoteLow);
    code.simd(row.lanes);
    code.set(first);
    code.get(second, value, value);
    if (row.wide) {
      code.simd(0x0d, ...upperHalf);
      code.simd(promoteLow);
      code.simd(row.lanes);
    } else {
      code.simd(0x42); // f32x4.ne
      code.simd(0x50); // v128.or
    }
    code.set(second);
  }

  /** Pushes the float32 of all lanes and of what was left over. */
  fold(): void {
    const code = this.#code;
    const row = this.#row;
    const [first, second] = this.#vectors;
    code.get(first, second);
    code.simd(row.wide ? row.lanes : 0x50); // v128.or: a mark is a NaN
    code.set(first);
    for (const lane of row.wide ? [0, 1] : [0, 1, 2, 3]) {
      code.get(first);
      code.simd(row.wide ? 0x21 : 0x1f, lane); // extract_lane
      if (lane > 0) code.emit(row.single);
    }
    code.get(this.#single);
    code.emit(row.single);
    if (row.wide) code.emit(0xb6); // f32.demote_f64
  }

  /** Pushes the float32 of each lane, or of the number. */
  result(mode: Mode): void {
    const code = this.#code;
    const row = this.#row;
    if (mode === 'single') {
      code.get(this.#single);
      if (row.wide) code.emit(0xb6); // f32.demote_f64
      return;
    }
    for (const vector of this.#vectors) {
      code.get(vector);
      if (row.wide) code.simd(demote);
    }
    if (row.wide) code.simd(0x0d, ...lowHalves);
    else code.simd(0x50); // v128.or
  }

  /** Takes lanes or number from memory: at an offset to the address in a local. */
  load(address: number, offset: number, mode: Mode): void {
    const code = this.#code;
    this.#eachPart(mode, offset, (local, at) => {
      code.get(address);
      if (mode === 'lanes') code.simd(0x00); // v128.load
      else code.emit(this.#row.wide ? 0x2b : 0x2a); // f64.load, f32.load
      code.access(at);
      code.set(local);
    });
  }

  /** Puts lanes or number into memory. */
  save(address: number, offset: number, mode: Mode): void {
    const code = this.#code;
    this.#eachPart(mode, offset, (local, at) => {
      code.get(address, local);
      if (mode === 'lanes') code.simd(0x0b); // v128.store
      else code.emit(this.#row.wide ? 0x39 : 0x38); // f64.store, f32.store
      code.access(at);
    });
  }

  #eachPart(mode: Mode, offset: number, visit: (local: number, at: number) => void): void {
    if (mode === 'single') visit(this.#single, offset);
    else this.#vectors.forEach((vector, i) => visit(vector, offset + 16 * i));
  }
}

// SPDX-License-Identifier: Apache-2.0
// What the WebAssembly kernels have in common: named parameters, loops over numbers and rows.

import { f64, f64x2, get, i32, Routine, type Bytes, type Type } from './emitter.js';

/**
 * What a parameter is: an i32 as it is, one that counts numbers and is turned into bytes, or a float64
 * number.
 */
type Parameter = 'count' | 'place' | 'number';

/** A routine with named parameters and i32 locals, and the locals' indices by name. */
export function define<P extends string, L extends string>(
  name: string,
  params: Record<P, Parameter>,
  locals: readonly L[],
): [Routine, Record<P | L, number>] {
  const kinds = Object.entries<Parameter>(params);
  const made = new Routine(
    name,
    kinds.map(([, kind]): Type => (kind === 'number' ? 'f64' : 'i32')),
  );
  for (const [local, [, kind]] of kinds.entries()) {
    if (kind === 'place') made.set(local, i32.shl(get(local), i32.constant(3)));
  }
  const indices = [
    ...kinds.map(([key], local) => [key, local]),
    ...locals.map((key) => [key, made.local('i32')]),
  ];
  return [made, Object.fromEntries(indices) as Record<P | L, number>];
}

export const zero: Bytes = f64x2.splat(f64.constant(0));

/** Sum of the two lanes. */
export const fold = (pair: number): Bytes => f64.add(f64x2.lane(0, get(pair)), f64x2.lane(1, get(pair)));

export const move = (made: Routine, pointer: number, by: number): void =>
  made.set(pointer, i32.add(get(pointer), get(by)));

/**
 * `body` for two numbers at a time while `at` (in bytes, from 0) has two more before `n`, then for a last
 * one.
 */
export function along(made: Routine, at: number, n: number, body: (wide: boolean) => void): void {
  made.set(at, i32.constant(0));
  made.loop(at, i32.sub(get(n), i32.constant(8)), i32.constant(16), () => body(true));
  made.loop(at, get(n), i32.constant(8), () => body(false));
}

/**
 * `body` for `size` rows at a time, then for each that is left; `row` advances by `unit` for each of them.
 */
export function blocks(
  made: Routine,
  row: number,
  rows: number,
  size: number,
  unit: number,
  body: (count: number) => void,
): void {
  made.set(row, i32.constant(0));
  for (const count of [size, 1]) {
    made.loop(row, i32.sub(get(rows), i32.constant((count - 1) * unit)), i32.constant(count * unit), () =>
      body(count),
    );
  }
}

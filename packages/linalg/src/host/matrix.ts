// SPDX-License-Identifier: Apache-2.0

import { isArrayOf, wrongType } from '@optim/options';
import { checkHostMatrix, checkShape } from '../checks.js';

/** A matrix of float64 numbers on the host, row by row. */
export interface Matrix {
  rows: number;
  columns: number;
  data: Float64Array;
}

const isNumbers = (data: unknown): boolean =>
  isArrayOf(data, (each) => typeof each === 'number') || ArrayBuffer.isView(data);

/** Two gigabytes. */
const mostNumbers = 2 ** 28;

/** A matrix; of zeros without `data`. */
export function matrix(rows: number, columns: number, data?: ArrayLike<number>): Matrix {
  checkShape('matrix', [rows, columns], 'rows and columns');
  const size = rows * columns;
  if (size > mostNumbers)
    throw new RangeError(`matrix: rows x columns must be at most ${mostNumbers}, got ${rows} x ${columns}`);
  if (data !== undefined && !isNumbers(data)) throw wrongType('matrix', 'data', 'a list of numbers', data);
  if (data !== undefined && data.length !== size) {
    throw new RangeError(`matrix: data must have ${rows} x ${columns} numbers, got ${data.length}`);
  }
  return { rows, columns, data: data === undefined ? new Float64Array(size) : new Float64Array(data) };
}

/** A matrix of NaN: the answer where there is none. */
export const undefinedMatrix = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: new Float64Array(rows * columns).fill(NaN),
});

/** Refuses a matrix that is not square; `name` is the function's. */
export function checkSquare(name: string, given: Matrix, argument = 'a'): void {
  checkHostMatrix(name, argument, given);
  const { rows, columns } = given;
  if (rows !== columns) throw new RangeError(`${name}: the matrix must be square, got ${rows} x ${columns}`);
}

/**
 * A power of two that brings the largest element into [1, 2): products then neither overflow nor vanish. 1
 * for a matrix of zeros, NaN where an element is NaN or infinite.
 */
export function scaleOf({ data }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (!(size < Infinity)) return NaN;
    if (size > largest) largest = size;
  }
  if (largest === 0) return 1;
  return 2 ** Math.min(1000, -Math.floor(Math.log2(largest)));
}

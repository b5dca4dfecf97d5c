// SPDX-License-Identifier: Apache-2.0
// Where rotations start.

import { outOfRange } from '@optim/core/authoring';
import { draw } from '@optim/fusion';
import { hostQR, matrix } from '@optim/linalg';
import type { RotoGradOptions } from './options.js';

type Rows = readonly (readonly number[])[];

/** Determinant by elimination with pivots. */
function determinant(rows: Rows): number {
  const a = rows.map((row) => [...row]);
  let product = 1;
  for (let at = 0; at < a.length; at++) {
    const column = a.slice(at).map((row) => Math.abs(row[at]!));
    const pivot = at + column.indexOf(Math.max(...column));
    if (pivot !== at) {
      [a[at], a[pivot]] = [a[pivot]!, a[at]!];
      product = -product;
    }
    const lead = a[at]!;
    product *= lead[at]!;
    for (const row of a.slice(at + 1)) {
      const factor = row[at]! / lead[at]!;
      for (let i = at; i < row.length; i++) row[i]! -= factor * lead[i]!;
    }
  }
  return product;
}

/** How far the rows are from orthogonal ones of length 1. */
function skewness(rows: Rows): number {
  const products = rows.flatMap((row, i) =>
    rows.map((other, j) => row.reduce((sum, x, at) => sum + x * other[at]!, i === j ? -1 : 0)),
  );
  return Math.max(...products.map(Math.abs));
}

const tolerance = 1e-4;

/** @throws RangeError unless there is one orthogonal matrix of determinant 1 for every task */
function checkGiven(given: readonly Rows[], tasks: number, size: number): void {
  const refuse = (constraint: string, got: unknown): never => {
    throw outOfRange('RotoGrad', 'initialRotations', constraint, got);
  };
  if (given.length !== tasks) refuse(`one matrix for each of ${tasks} tasks`, given.length);
  given.forEach((rows, task) => {
    const isSquare = rows.length === size && rows.every((row) => row.length === size);
    if (!isSquare) refuse(`of shape [${size}, ${size}] for task ${task}`, rows);
    const off = Math.max(skewness(rows), Math.abs(determinant(rows) - 1));
    if (!(off <= tolerance)) refuse(`orthogonal with determinant 1 for task ${task}`, rows);
  });
}

/** A rotation that is as likely as any other. */
function randomRotation(size: number, seed: number, task: number): number[] {
  const { q } = hostQR(matrix(size, size, draw('normal', size * size, [seed, 0, task])));
  const rows = Array.from({ length: size }, (_, i) => [...q.data.subarray(i * size, (i + 1) * size)]);
  if (determinant(rows) < 0) rows[0] = rows[0]!.map((x) => -x);
  return rows.flat();
}

/**
 * The matrices at which rotations start, row by row.
 *
 * @throws RangeError for given matrices that are no rotations, or not as many and as large as needed
 */
export function firstRotations(
  { initialRotations: how, seed }: Required<RotoGradOptions>,
  tasks: number,
  size: number,
): number[][] {
  const all = Array.from({ length: tasks }, (_, task) => task);
  if (how === 'identity')
    return all.map(() => Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0)));
  if (how === 'random') {
    const drawn = seed ?? Math.floor(Math.random() * 2 ** 32);
    return all.map((task) => randomRotation(size, drawn, task));
  }
  checkGiven(how, tasks, size);
  return how.map((rows) => rows.flat());
}

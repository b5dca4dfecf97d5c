// SPDX-License-Identifier: Apache-2.0
// The iteration space of a kernel.

import { sizeOf, type Shape } from '../shape.js';

/** Axes to iterate over, row-major: neighbours that every operand treats alike as one, without those of length 1. */
export interface Space {
  readonly axes: readonly {
    readonly length: number;
    /** Whether results are reduced over it. */
    readonly reduced: boolean;
  }[];
  /** For a tensor, whether it extends along each axis; along the others its elements are repeated. */
  spans(shape: Shape): boolean[];
}

/** The space of `shape`, with the axes in `reduced` reduced over, for operands that broadcast to it. */
export function spaceOf(shape: Shape, reduced: ReadonlySet<number>, operands: readonly Shape[]): Space {
  const lengthOf = (operand: Shape, axis: number): number =>
    operand[axis - shape.length + operand.length] ?? 1;
  const groups: { pattern: string; axes: number[] }[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const pattern = [reduced.has(axis), ...operands.map((operand) => lengthOf(operand, axis) === 1)].join();
    const last = groups.at(-1);
    if (last?.pattern === pattern) last.axes.push(axis);
    else groups.push({ pattern, axes: [axis] });
  });
  return {
    axes: groups.map(({ axes }) => ({
      length: sizeOf(axes.map((axis) => shape[axis]!)),
      reduced: reduced.has(axes[0]!),
    })),
    spans: (operand) => groups.map(({ axes }) => lengthOf(operand, axes[0]!) !== 1),
  };
}

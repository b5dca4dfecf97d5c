// SPDX-License-Identifier: Apache-2.0

/** The lengths of a tensor's axes; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Whether two shapes are the same, axis by axis. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `[3,4]`, as messages print it. */
export function showShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

/** The common shape of operands aligned at their last axes, or `null` when an axis pair is neither equal nor 1. */
export function broadcast(shapes: readonly Shape[]): Shape | null {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: number[] = Array.from({ length: rank }, () => 1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      const length = shape[axis]!;
      if (length === 1 || length === result[at]) continue;
      if (result[at] !== 1) return null;
      result[at] = length;
    }
  }
  return result;
}

// SPDX-License-Identifier: Apache-2.0
// The blocks of weights that share a moment.

import { reshape, type Expression, type Shape } from '@optim/fusion';

/** What divides a tensor into blocks. */
interface Division {
  readonly unitAxis: 'last' | 'first';
  readonly blocks: number | null;
  readonly vectors: 'tensor' | 'element';
}

/** The blocks of a tensor. */
export interface Blocks {
  /** Shape of the moments. */
  readonly moments: Shape;
  /** Mean of each block, in that shape. */
  mean(x: Expression): Expression;
  /** Each element times the number of its block. */
  scaled(x: Expression, numbers: Expression): Expression;
  /** The number of its block for each element. */
  spread(numbers: Expression): Expression;
}

/** The blocks of tensors of a shape. */
export function blocksOf(shape: Shape, { unitAxis, blocks, vectors }: Division): Blocks {
  if (shape.length < 2) return along(shape, vectors === 'tensor' ? undefined : []);
  const axis = unitAxis === 'last' ? shape.length - 1 : 0;
  const units = shape[axis]!;
  if (blocks === 1) return along(shape, undefined);
  if (blocks === null || blocks === units) {
    return along(
      shape,
      [...shape.keys()].filter((other) => other !== axis),
    );
  }
  // The unit axis becomes two: the blocks, and the units of each.
  const view = [...shape.slice(0, axis), blocks, units / blocks, ...shape.slice(axis + 1)];
  const inner = along(
    view,
    [...view.keys()].filter((other) => other !== axis),
  );
  return {
    moments: inner.moments,
    mean: (x) => inner.mean(reshape(x, view)),
    scaled: (x, numbers) => reshape(inner.scaled(reshape(x, view), numbers), shape),
    spread: (numbers) => reshape(inner.spread(numbers), shape),
  };
}

/** Blocks that go along some of the axes, all axes when absent. */
function along(shape: Shape, axes: readonly number[] | undefined): Blocks {
  return {
    moments: axes ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) : [],
    mean: (x) => (axes?.length === 0 ? x : x.mean(axes)),
    scaled: (x, numbers) => x.mul(numbers),
    spread: (numbers) => numbers.broadcastTo(shape),
  };
}

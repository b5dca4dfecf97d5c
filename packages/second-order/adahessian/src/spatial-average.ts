// SPDX-License-Identifier: Apache-2.0

import { outOfRange } from '@optim/core/authoring';
import { unitAxes } from '@optim/formulas';
import { reshape, sizeOf, transpose, type Expression } from '@optim/fusion';

/** The block for tensors of a rank: 0 for none, −1 for the natural one. */
export function blockOf(rank: number, sizes: readonly number[]): number {
  return sizes[rank - 1] ?? 0;
}

/** @throws RangeError if the block does not divide the tensor */
export function assertDivides(name: string, shape: readonly number[], sizes: readonly number[]): void {
  const block = blockOf(shape.length, sizes);
  const size = sizeOf(shape);
  if (block > 0 && size % block !== 0)
    throw outOfRange(
      'AdaHessian',
      'spatialAverageBlockSize',
      `made of divisors: "${name}" has ${size} elements`,
      block,
    );
}

/**
 * Each element replaced by the mean of its block. The natural block of rank 2 and more is all that belongs to one pair of
 * input and output: the places of a kernel; in rank 2 all inputs of one output. Others are runs of elements, output unit first.
 */
export function spatialAverage(x: Expression, sizes: readonly number[]): Expression {
  const block = blockOf(x.rank, sizes);
  if (block === 0 || (block < 0 && x.rank < 2)) return x;
  if (block < 0) {
    const axes = x.rank === 2 ? unitAxes(x) : Array.from({ length: x.rank - 2 }, (_, i) => i);
    return x.mean(axes).broadcastTo(x.shape);
  }
  // [...places, in, out] to [out, in, ...places], and back.
  const forth = [...x.shape.keys()]
    .slice(-2)
    .reverse()
    .concat([...x.shape.keys()].slice(0, -2));
  const back = forth.map((_, axis) => forth.indexOf(axis));
  const turned = x.rank < 2 ? x : transpose(x, forth);
  const blocks = reshape(turned, [x.size / block, block]);
  const mean = reshape(blocks.mean([1]).broadcastTo(blocks.shape), turned.shape);
  return x.rank < 2 ? mean : transpose(mean, back);
}

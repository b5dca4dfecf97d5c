// SPDX-License-Identifier: Apache-2.0
// Tensors as matrices: what to reshape to. Pure functions of shapes, for tensors and for symbols alike.

import { check, integer, real } from '@optim/options';
import { checkShape } from './checks.js';

/** Lengths of the axes. */
export type Shape = readonly number[];

const product = (lengths: Shape): number => lengths.reduce((a, b) => a * b, 1);

/**
 * `[fanIn, out]`: the last axis stays, all others become one. A vector is a single column, a scalar `[1, 1]`.
 *
 * A convolution's kernel `[h, w, in, out]` becomes `[h·w·in, out]`, as Muon, NorMuon, SCION and GaLore want
 * it.
 */
export function matrixShape(shape: Shape): [fanIn: number, out: number] {
  checkShape('matrixShape', shape);
  if (shape.length < 2) return [product(shape), 1];
  return [product(shape.slice(0, -1)), shape.at(-1)!];
}

/**
 * `[before, length, after]`: one axis, and what comes before and after it.
 *
 * A tensor reshaped to this is a stack of `before` matrices `[length, after]`, and multiplying it along the
 * axis is multiplying each of them from the left: no transposition.
 */
export function aroundAxis(shape: Shape, axis: number): [before: number, length: number, after: number] {
  checkShape('aroundAxis', shape);
  check('aroundAxis', 'axis', integer(`[0, ${shape.length})`), axis);
  return [product(shape.slice(0, axis)), shape[axis]!, product(shape.slice(axis + 1))];
}

function checkLimit(name: string, limit: number): void {
  check(name, 'limit', real('[1, ∞]'), limit);
}

/**
 * Merges neighbouring axes as long as their product is at most `limit`, and leaves out axes of length 1;
 * `[1]` where nothing else is left. With limit 4, `[2, 2, 3, 4]` becomes `[4, 3, 4]`.
 *
 * @see Scalable Shampoo, arXiv:2002.09018
 */
export function mergeSmallAxes(shape: Shape, limit: number): number[] {
  checkShape('mergeSmallAxes', shape);
  checkLimit('mergeSmallAxes', limit);
  const merged: number[] = [];
  let current = 1;
  for (const length of shape) {
    if (current * length <= limit) {
      current *= length;
    } else {
      if (current > 1) merged.push(current);
      current = length;
    }
  }
  if (current > 1) merged.push(current);
  return merged.length === 0 ? [1] : merged;
}

/**
 * Merges neighbouring axes as SOAP does: as {@link mergeSmallAxes}, but an axis beyond the limit that comes
 * first, or after another such axis, stands alone and the axes after it start anew. Vectors stay as they are.
 *
 * @see SOAP, arXiv:2409.11321
 */
export function mergeAxesUpTo(shape: Shape, limit: number): number[] {
  checkShape('mergeAxesUpTo', shape);
  checkLimit('mergeAxesUpTo', limit);
  if (shape.length < 2) return [...shape];
  const merged: number[] = [];
  let current = 1;
  for (const length of shape) {
    if (current * length <= limit) {
      current *= length;
    } else if (current > 1) {
      merged.push(current);
      current = length;
    } else {
      merged.push(length);
      current = 1;
    }
  }
  if (current > 1 || merged.length === 0) merged.push(current);
  return merged;
}

const mostBlocks = 1e6;

/** A block of a tensor: where it begins, and the lengths of its axes, as `tf.slice` wants them. */
export interface Block {
  begin: number[];
  size: number[];
}

/**
 * Cuts every axis that is longer than `blockSize` into pieces of that length, the last one shorter; the
 * blocks are all combinations, those of the last axis next to each other. 0 cuts nothing.
 */
export function blocksOf(shape: Shape, blockSize: number): Block[] {
  checkShape('blocksOf', shape);
  check('blocksOf', 'blockSize', integer('[0, ∞)'), blockSize);
  const count = product(shape.map((length) => Math.max(1, Math.ceil(length / (blockSize || Infinity)))));
  if (count > mostBlocks)
    throw new RangeError(`blocksOf: blockSize must give at most ${mostBlocks} blocks, got ${blockSize}`);
  let blocks: Block[] = [{ begin: [], size: [] }];
  for (const length of shape) {
    const step = blockSize === 0 ? Math.max(length, 1) : blockSize;
    const starts = Array.from({ length: Math.max(1, Math.ceil(length / step)) }, (_, i) => i * step);
    blocks = blocks.flatMap(({ begin, size }) =>
      starts.map((start) => ({
        begin: [...begin, start],
        size: [...size, Math.min(step, length - start)],
      })),
    );
  }
  return blocks;
}

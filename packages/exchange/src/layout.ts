// SPDX-License-Identifier: Apache-2.0
// How PyTorch and TensorFlow.js lay out the axes of the same parameter.

import { sizeOf } from './numbers.js';
import { refused } from './refusal.js';

/**
 * How the axes of a parameter of PyTorch become those of TensorFlow.js.
 *
 * - `'kernel'`: of dense layers `[out, in]` → `[in, out]`; of convolutions, with groups too, `[out, in, …]` → `[…, in, out]`; of
 *   transposed convolutions `[in, out, …]` → `[…, out, in]`. The axes of space, in place of the dots, keep their order. It is
 *   the default; with one axis or none nothing changes.
 * - `'depthwise'`: `[channels·multiplier, 1, …]` → `[…, channels, multiplier]`.
 * - `'same'`: embeddings, and whatever else both lay out alike.
 */
export type Layout = 'kernel' | 'depthwise' | 'same';

/** Numbers with their shape. */
export interface Block {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a parameter is, as far as its layout goes. */
export interface Axes {
  readonly layout: Layout;
  /** Of `'depthwise'`: output channels for each input channel. */
  readonly multiplier: number;
}

/** Axis i of the result is axis `axes[i]` of the block. */
function permuted({ shape, data }: Block, axes: readonly number[]): Block {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const lengths = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const at = lengths.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < lengths[axis]!) break;
      from -= steps[axis]! * lengths[axis]!;
      at[axis] = 0;
    }
  }
  return { shape: lengths, data: result };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** A block of PyTorch in the layout of TensorFlow.js. */
export function fromTorchLayout(who: string, block: Block, { layout, multiplier }: Axes): Block {
  const { shape, data } = block;
  const rank = shape.length;
  if (layout === 'depthwise') {
    const [out = 0, one] = shape;
    if (rank < 3 || one !== 1 || out % multiplier !== 0)
      throw refused(who, 'a depthwise kernel', `be of shape [n·${multiplier}, 1, …]`, shape);
    const split = [out / multiplier, multiplier, ...shape.slice(2)];
    return permuted({ shape: split, data }, [...range(2, rank), 0, 1]);
  }
  if (layout === 'same' || rank < 2) return block;
  return permuted(block, [...range(2, rank), 1, 0]);
}

/** The inverse of {@link fromTorchLayout}. */
export function toTorchLayout(who: string, block: Block, { layout, multiplier }: Axes): Block {
  const { shape } = block;
  const rank = shape.length;
  if (layout === 'depthwise') {
    if (rank < 3 || shape[rank - 1] !== multiplier)
      throw refused(who, 'a depthwise kernel', `be of shape […, n, ${multiplier}]`, shape);
    const { shape: split, data } = permuted(block, [rank - 2, rank - 1, ...range(0, rank - 2)]);
    return { shape: [split[0]! * multiplier, 1, ...split.slice(2)], data };
  }
  if (layout === 'same' || rank < 2) return block;
  return permuted(block, [rank - 1, rank - 2, ...range(0, rank - 2)]);
}

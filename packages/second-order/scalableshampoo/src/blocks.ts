// SPDX-License-Identifier: Apache-2.0
// Tensors cut into blocks of one shape, which are stacked: the last ones are filled up with zeros. These get no statistics, so
// that what is computed of the others is what it would be without them.

import { defineTensorFunction, matMul, reshape, transpose, type Expression, type Shape } from '@optim/fusion';
import { aroundAxis, mergeSmallAxes } from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';

/** What decides which tensors are preconditioned, and along which axes. */
export interface Layout {
  readonly blockSize: number;
  readonly shapeInterpretation: boolean;
  readonly mergeSmallDimsBlockSize: number;
  readonly preconditionerType: 'all' | 'input' | 'output';
  readonly noPreconditioningForLayersWithDimGt: number;
  readonly skipPreconditioningRankLt: number;
}

/** How many pieces an axis is cut into, and how long they are. */
const cut = (d: number, blockSize: number): [pieces: number, length: number] =>
  blockSize === 0 || d <= blockSize ? [1, d] : [Math.ceil(d / blockSize), blockSize];

/** The shape in which a tensor is cut, and the places of the axes that are preconditioned. */
export function preconditioned(param: Shape, layout: Layout): { shape: Shape; axes: number[] } {
  const shape = layout.shapeInterpretation ? mergeSmallAxes(param, layout.mergeSmallDimsBlockSize) : param;
  const isSkipped =
    param.length === 0 ||
    param.length < layout.skipPreconditioningRankLt ||
    param.some((d) => d > layout.noPreconditioningForLayersWithDimGt);
  const all = isSkipped ? [] : [...shape.keys()];
  if (layout.preconditionerType === 'all' || shape.length < 2) return { shape, axes: all };
  return { shape, axes: layout.preconditionerType === 'input' ? all.slice(0, -1) : all.slice(-1) };
}

/** A tensor that is to be cut. */
interface Cutting {
  readonly shape: Shape;
  readonly blockSize: number;
}

/** The shape of the stack of its blocks: how many, and their lengths. */
function stackShape({ shape, blockSize }: Cutting): [count: number, ...lengths: number[]] {
  const cuts = shape.map((d) => cut(d, blockSize));
  return [cuts.reduce((product, [pieces]) => product * pieces, 1), ...cuts.map(([, length]) => length)];
}

/** For each axis the shape of its statistics, a matrix for each block; `null` where there are none. */
export function statisticsShapes(param: Shape, layout: Layout): (Shape | null)[] {
  const { shape, axes } = preconditioned(param, layout);
  const [count, ...lengths] = stackShape({ shape, blockSize: layout.blockSize });
  return lengths.map((length, axis) => (axes.includes(axis) ? [count, length, length] : null));
}

const cutting = /* @__PURE__ */ defineTensorFunction<Cutting>({
  name: 'inBlocks',
  shapes: (_, attributes) => [stackShape(attributes)],
  run([x], attributes) {
    const { shape, blockSize } = attributes;
    const cuts = shape.map((d) => cut(d, blockSize));
    let y = tf.pad(x!, shape.map((d, i) => [0, cuts[i]![0] * cuts[i]![1] - d] as [number, number])); // prettier-ignore
    const lengths = [...y.shape];
    let count = 1;
    cuts.forEach(([pieces, length], axis) => {
      if (pieces > 1) {
        const [before, , after] = aroundAxis(lengths, axis);
        y = tf.transpose(tf.reshape(y, [count, before, pieces, length, after]), [0, 2, 1, 3, 4]);
      }
      count *= pieces;
      lengths[axis] = length;
    });
    return [tf.reshape(y, [count, ...lengths])];
  },
});

const joining = /* @__PURE__ */ defineTensorFunction<Cutting>({
  name: 'ofBlocks',
  shapes: (_, { shape }) => [shape],
  run([x], { shape, blockSize }) {
    const cuts = shape.map((d) => cut(d, blockSize));
    const lengths = cuts.map(([, length]) => length);
    let count = x!.shape[0]!;
    let y: tf.Tensor = x!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [pieces, length] = cuts[axis]!;
      count /= pieces;
      if (pieces > 1) {
        const [before, , after] = aroundAxis(lengths, axis);
        y = tf.transpose(tf.reshape(y, [count, pieces, before, length, after]), [0, 2, 1, 3, 4]);
      }
      lengths[axis] = pieces * length;
    }
    return [tf.slice(tf.reshape(y, lengths), shape.map(() => 0), [...shape])]; // prettier-ignore
  },
});

/** The stack of all blocks, `[count, ...]`. */
export const inBlocks = (x: Expression, blockSize: number): Expression =>
  cutting([x], { shape: x.shape, blockSize })[0]!;

/** A tensor of this shape out of the stack of its blocks. */
export const ofBlocks = (blocks: Expression, shape: Shape, blockSize: number): Expression =>
  joining([blocks], { shape, blockSize })[0]!;

/** Each block as a matrix, an axis against all others. */
function rows(blocks: Expression, axis: number): Expression {
  const [count, ...lengths] = blocks.shape as [number, ...number[]];
  const [before, length, after] = aroundAxis(lengths, axis);
  const first = transpose(reshape(blocks, [count, before, length, after]), [0, 2, 1, 3]);
  return reshape(first, [count, length, before * after]);
}

/** mat(X)·mat(X)ᵀ along an axis, of each block. */
export function grams(blocks: Expression, axis: number): Expression {
  const x = rows(blocks, axis);
  return matMul(x, x, false, true);
}

/** Each block multiplied along an axis by a matrix of its own. */
export function alongAxes(blocks: Expression, axis: number, P: Expression): Expression {
  const [count, ...lengths] = blocks.shape as [number, ...number[]];
  const [before, length, after] = aroundAxis(lengths, axis);
  const product = reshape(matMul(P, rows(blocks, axis)), [count, length, before, after]);
  return reshape(transpose(product, [0, 2, 1, 3]), blocks.shape);
}

// SPDX-License-Identifier: Apache-2.0
// Tensors seen along one axis, and slots of which there is one for each axis: what Kronecker-factored methods are made of.

import {
  constant,
  defineTensorFunction,
  matMul,
  reshape,
  transpose,
  type Expression,
  type Shape,
} from '@optim/fusion';
import { aroundAxis } from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';

/** First value of a slot, from the parameter; `null` where its shape calls for no such slot. */
type TracedInit = (param: Expression) => Expression | null;

/** The axes that a tensor of TensorFlow.js may have. */
const places = [0, 1, 2, 3, 4, 5] as const;
/** One of them. */
export type Axis = (typeof places)[number];

/** Names of slots of which there is one for each axis: `L0`, `L1`, … */
export type PerAxis<N extends string> = `${N}${Axis}`;

/** The axes of a shape. */
export const axesOf = (shape: Shape): readonly Axis[] => places.slice(0, shape.length);

/**
 * Slots `L0`, `L1`, …, one for each axis.
 *
 * @param shapes - of the slots, from the shape of the parameter; `null` for an axis without
 * @param first - the first value of one, by its shape and the number of axes; zeros unless given
 */
export function axisSlots<N extends string>(
  name: N,
  shapes: (param: Shape) => readonly (Shape | null)[],
  first: (shape: Shape, count: number) => Expression = (shape) => constant(0).broadcastTo(shape),
): Record<PerAxis<N>, TracedInit> {
  const slot =
    (axis: Axis): TracedInit =>
    (param) => {
      const all = shapes(param.shape);
      const shape = all[axis];
      return shape ? first(shape, all.length) : null;
    };
  return Object.fromEntries(places.map((axis) => [`${name}${axis}`, slot(axis)])) as Record<
    PerAxis<N>,
    TracedInit
  >;
}

const identities = /* @__PURE__ */ defineTensorFunction<{ readonly n: number }>({
  name: 'identity',
  takesNumbers: true,
  shapes: (_, { n }) => [[n, n]],
  run: (_, { n }) => [tf.eye(n)],
});

/** The identity of a shape `[n, n]`; all ones, its diagonal, for a shape `[n]`. */
export function identity(shape: Shape): Expression {
  return shape.length === 1 ? constant(1).broadcastTo(shape) : identities([], { n: shape[0]! })[0]!;
}

/**
 * mat(X)·mat(X)ᵀ, where mat(X) is X as a matrix `[d, rest]`, the axis first: `[d, d]`; or, as `diagonal`, its diagonal `[d]`
 * alone.
 */
export function gram(x: Expression, axis: Axis, diagonal = false): Expression {
  const [before, length, after] = aroundAxis(x.shape, axis);
  if (diagonal) {
    const others = axesOf(x.shape).filter((other) => other !== axis);
    return reshape(others.length === 0 ? x.square() : x.square().sum(others), [length]);
  }
  if (after === 1) {
    const columns = reshape(x, [before, length]);
    return matMul(columns, columns, true, false);
  }
  const stacked = reshape(x, [before, length, after]);
  const rows = reshape(before === 1 ? stacked : transpose(stacked, [1, 0, 2]), [length, before * after]);
  return matMul(rows, rows, false, true);
}

/**
 * X multiplied along an axis by a matrix F, `[d, d]`: Y[…, i, …] = Σ_j F[i, j]·X[…, j, …], or by Fᵀ; for F of shape `[d]`, by
 * the matrix with this diagonal.
 */
export function alongAxis(x: Expression, axis: Axis, F: Expression, transposed = false): Expression {
  const [before, length, after] = aroundAxis(x.shape, axis);
  if (F.rank === 1)
    return x.mul(
      reshape(
        F,
        x.shape.map((n, i) => (i === axis ? n : 1)),
      ),
    );
  if (before === 1) return reshape(matMul(F, reshape(x, [length, after]), transposed, false), x.shape);
  const last = after === 1 ? x : transpose(reshape(x, [before, length, after]));
  const product = matMul(reshape(last, [before * after, length]), F, false, !transposed);
  return reshape(after === 1 ? product : transpose(reshape(product, [before, after, length])), x.shape);
}

// SPDX-License-Identifier: Apache-2.0
// The two rules: what becomes of the gradient of a variable, and the direction of all of them as one long vector.

import type { Recurrence, Rule } from '@optim/core/authoring';
import { constant, defineTensorFunction, matMul, reshape, where, type Expression } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { rows, type LBFGSOptions } from './options.js';

/** Traits: `vector` is the variable that stands for all others; hooks do not see it. */
type Traits = { vector: boolean; unhooked: boolean };

/** The variables that stand for all others of an optimizer. */
export const vectors: WeakSet<tf.Variable> = new WeakSet();

/** The gradient of one variable after hooks and weight decay, and what the decay adds to the loss. */
export const gradient: Rule<LBFGSOptions, never, Traits> = {
  options: rows,
  returns: ['gradient', 'penalty'],
  traits: (variable) => ({ vector: vectors.has(variable), unhooked: vectors.has(variable) }),
  update: ({ param, grad }, { weightDecay }) => ({
    gradient: grad,
    penalty: param.square().sum().mul(weightDecay.mul(0.5)),
  }),
};

type Slots = 's' | 'y' | 'd' | 'previous' | 'inverse' | 'products' | 'curvatures' | 'H' | 't' | 'k' | 'place';

/** A column of zeros with a one at a place. */
const oneAt = defineTensorFunction<{ length: number }>({
  name: 'oneAt',
  shapes: (_, { length }) => [[length, 1]],
  run: ([place], { length }) => {
    const places = tf.reshape(tf.range(0, length), [length, 1]);
    return [tf.cast(tf.equal(places, place!), 'float32')];
  },
});

const sumOf = (x: Expression, y: Expression): Expression => x.mul(y).sum();

/**
 * M·x, or Mᵀ·x, with row and column i of M multiplied by size i for the product. TensorFlow.js makes it, in 16 bits where
 * textures have no more: there are no 1/s·y and no y·y then.
 */
function product(M: Expression, size: Expression, x: Expression, transposed = false): Expression {
  const scale = inverted(size);
  const row = reshape(size, [1, size.size]);
  return matMul(M.mul(size).mul(row), x.mul(scale), transposed).mul(scale);
}

/** 1/x, 0 for 0. */
const inverted = (x: Expression): Expression => where(x.greater(0), constant(1).div(x), 0);

/**
 * Rules 1 to 6 of one iteration. The two loops are what they come to, with the pairs as rows of S and Y, and R made of sᵢ·yⱼ
 * where pair j is not older than pair i, else 0:
 *
 * ```text
 * a = −R⁻¹·S·g
 * e = R⁻ᵀ·(D·a + H·(Y·g + Y·Yᵀ·a))        D the diagonal of R
 * d = Sᵀ·e − H·(g + Yᵀ·a)
 * ```
 *
 * A new pair takes the `place` of the oldest, in R⁻¹ (`inverse`), Y·Yᵀ (`products`) and D (`curvatures`) too: one row and one
 * column. A place without a pair holds zeros, so that it counts for nothing.
 */
export const direction: Recurrence<LBFGSOptions, Slots, Traits, { evaluations: number }> = {
  returns: ['stride', 'slope', 'span'],
  globals: () => ({ evaluations: 0 }),
  decay: 'never',
  slots({ historySize: m }) {
    const filled =
      (shape: (param: Expression) => readonly number[], value = 0) =>
      (param: Expression, { vector }: Partial<Traits>) =>
        vector ? constant(value).broadcastTo(shape(param)) : null;
    const pairs = filled(({ size }) => [m, size]);
    const square = filled(() => [m, m]);
    const whole = filled(({ size }) => [size]);
    const number = filled(() => []);
    return {
      s: pairs,
      y: pairs,
      d: whole,
      previous: whole,
      inverse: square,
      products: square,
      curvatures: filled(() => [m, 1]),
      H: filled(() => [], 1),
      t: number,
      k: number,
      place: number,
    };
  },
  update(tensors, known) {
    const { grad: g, d, previous, t, k, place } = tensors;
    let { s: S, y: Y, inverse, products, curvatures, H } = tensors;
    const { learningRate, toleranceGrad, toleranceChange } = known;
    const m = known.historySize;
    const row = (x: Expression): Expression => reshape(x, [1, x.size]);
    const s = d.mul(t);
    const y = g.sub(previous);
    const sy = sumOf(s, y);
    const yy = sumOf(y, y);
    const length = g.abs().sum();
    const moves = length.isFinite().and(g.abs().max().greater(toleranceGrad));
    const appends = moves.and(sy.greater(1e-10));

    const here = oneAt([place], { length: m })[0]!.mul(where(appends, 1, 0));
    const inRow = here.greater(0);
    const inColumn = row(here).greater(0);
    const against = (pairs: Expression, x: Expression): Expression => pairs.mul(row(x)).sum([1]);
    const Sg = where(inRow, sumOf(s, g), against(S, g));
    const Yg = where(inRow, sumOf(y, g), against(Y, g));
    // Of the pairs that stay.
    const Sy = where(inRow, 0, against(S, y));
    const Yy = where(inRow, yy, against(Y, y));
    const newest = where(inRow, 1, product(inverse, curvatures.sqrt(), Sy).neg()).div(sy);
    inverse = where(inColumn, newest, where(inRow, 0, inverse));
    products = where(inColumn, Yy, where(inRow, row(Yy), products));
    curvatures = where(inRow, sy, curvatures);
    H = where(appends, sy.div(yy), H);
    S = where(inRow, row(s), S);
    Y = where(inRow, row(y), Y);

    const a = product(inverse, curvatures.sqrt(), Sg).neg();
    const inner = curvatures.mul(a).add(Yg.add(product(products, inverted(curvatures.sqrt()), a)).mul(H));
    const e = product(inverse, curvatures.sqrt(), inner, true);
    const along = (pairs: Expression, weights: Expression): Expression =>
      reshape(pairs.mul(weights).sum([0]), [g.size]);
    const next = along(S, e).sub(g.add(along(Y, a)).mul(H));

    const slope = sumOf(g, next);
    const first = learningRate.mul(where(length.greater(1), constant(1).div(length), 1));
    const stride = where(slope.lessEqual(-toleranceChange), where(k.equal(0), first, learningRate), 0);
    return {
      s: S,
      y: Y,
      d: where(moves, next, d),
      previous: where(moves, g, previous),
      inverse,
      products,
      curvatures,
      H,
      t: where(moves, stride, t),
      k: where(moves, k.add(1), k),
      place: where(appends, where(place.less(m - 1), place.add(1), 0), place),
      // No step that nobody notices.
      stride: where(length.isFinite(), where(moves, stride, 0), NaN),
      slope,
      span: next.abs().max(),
    };
  },
};

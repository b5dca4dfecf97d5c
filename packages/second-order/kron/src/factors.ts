// SPDX-License-Identifier: Apache-2.0
// Kron's factors: which axes have a triangular one, and how they are fitted.

import { alongAxis, axesOf, gram, upperInverse } from '@optim/kronecker';
import { defineTensorFunction, matMul, pow, type Expression, type Shape } from '@optim/fusion';
import { matrixShape } from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';

/** What the shapes of factors depend on. */
export interface FactorOptions {
  readonly mergeDims: boolean;
  readonly maxSizeTriangular: number;
  readonly minNdimTriangular: number;
  readonly memorySaveMode: 'oneDiag' | 'smartOneDiag' | 'allDiag' | null;
}

/** The shape in which a parameter is preconditioned. */
export function preconditionedShape(param: Shape, mergeDims: boolean): Shape {
  if (param.length === 0) return [1];
  return mergeDims && param.length > 2 ? matrixShape(param) : param;
}

/** For each axis `[d, d]`, a triangular factor, or `[d]`, a diagonal one. */
export function factorShapes(param: Shape, options: FactorOptions): Shape[] {
  const { mergeDims, maxSizeTriangular, minNdimTriangular, memorySaveMode: mode } = options;
  const shape = preconditionedShape(param, mergeDims);
  const longest = shape.lastIndexOf(Math.max(...shape));
  const isDiagonal = (d: number, axis: number): boolean =>
    d === 1 ||
    d > maxSizeTriangular ||
    shape.length < minNdimTriangular ||
    mode === 'allDiag' ||
    (mode === 'oneDiag' && axis === longest) ||
    (mode === 'smartOneDiag' && axis === longest && shape.indexOf(d) === longest);
  return shape.map((d, axis) => (isDiagonal(d, axis) ? [d] : [d, d]));
}

/** The smallest normal number of float32. */
const tiny = 2 ** -126;

const upperTriangle = /* @__PURE__ */ defineTensorFunction({
  name: 'upperTriangle',
  shapes: ([x]) => [x!],
  run([x]) {
    // `tf.linalg.bandPart` takes eight times as long as a product on wasm, where it subtracts integers.
    const index = tf.range(0, x!.shape[0]!);
    const isUpper = tf.lessEqual(tf.reshape(index, [-1, 1]), tf.reshape(index, [1, -1]));
    return [tf.where(isUpper, x!, tf.zerosLike(x!))];
  },
});

const longestColumn = /* @__PURE__ */ defineTensorFunction({
  name: 'longestColumn',
  shapes: ([x]) => [[x![0]!, 1]],
  run: ([x]) => [tf.gather(x!, tf.reshape(tf.argMax(tf.sum(tf.square(x!), 0)), [1]), 1)],
});

/** A lower bound of the spectral norm of a symmetric matrix. */
function spectralBound(W: Expression): Expression {
  const mu = W.abs().max();
  const scaled = W.div(mu.maximum(tiny));
  const x = matMul(scaled, longestColumn([scaled])[0]!);
  return matMul(scaled, x.div(x.norm().maximum(tiny)))
    .norm()
    .mul(mu);
}

/** Factors with a common largest element: Qᵢ·G/rᵢ, rᵢ = max|Qᵢ|, G the geometric mean of these. */
export function balanced(factors: readonly Expression[]): Expression[] {
  const sizes = factors.map((Q) => Q.abs().max());
  const mean = sizes.map((r) => pow(r, 1 / factors.length)).reduce((product, r) => product.mul(r));
  return factors.map((Q, i) => Q.mul(mean.div(sizes[i]!)));
}

/**
 * One step of the fit, of all factors at once.
 *
 * ```text
 * A = X along every axis by Qᵢ,  B = V along every axis by Qᵢ⁻ᵀ
 * S = matᵢ(A)·matᵢ(A)ᵀ,  T = matᵢ(B)·matᵢ(B)ᵀ
 * Qᵢ ← Qᵢ − rate·triu(S − T)·Qᵢ/ℓ(S + T)      ℓ: a lower bound of the norm
 * ```
 */
export function fitted(
  factors: readonly Expression[],
  X: Expression,
  V: Expression,
  rate: Expression,
): Expression[] {
  const axes = axesOf(X.shape);
  const A = axes.reduce((x, i) => alongAxis(x, i, factors[i]!), X);
  const B = axes.reduce((x, i) => alongAxis(x, i, upperInverse(factors[i]!), true), V);
  return axes.map((i) => {
    const Q = factors[i]!;
    const isDiagonal = Q.rank === 1;
    const [S, T] = [gram(A, i, isDiagonal), gram(B, i, isDiagonal)];
    const difference = isDiagonal ? S.sub(T).mul(Q) : matMul(upperTriangle([S.sub(T)])[0]!, Q);
    const norm = isDiagonal ? S.add(T).abs().max() : spectralBound(S.add(T));
    return Q.sub(difference.mul(rate.div(norm.maximum(tiny))));
  });
}

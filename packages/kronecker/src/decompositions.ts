// SPDX-License-Identifier: Apache-2.0
// Decompositions as functions of rules: on the host, in float64; on webgpu, which cannot be read back within a step, on the
// device by products of matrices alone.

import { constant, defineTensorFunction, pow, reshape, type Expression } from '@optim/fusion';
import {
  coupledNewtonRoot,
  eigh,
  inverseRoot,
  jacobi,
  orthonormalize,
  qr,
  triangularInverse,
  triangularSolve,
  type HostFunction,
  type RootOptions,
} from '@optim/linalg';
import * as tf from '@tensorflow/tfjs-core';
import { gram, type Axis } from './axes.js';

const refusing = /* @__PURE__ */ defineTensorFunction({
  name: 'finite',
  shapes: ([x]) => [x!],
  run([x]) {
    if (tf.getBackend() !== 'webgpu' && !Number.isFinite(x!.dataSync()[0]!))
      throw new RangeError('the statistics must be finite, got NaN or infinite ones');
    return [tf.clone(x!)];
  },
});

/**
 * For a round in the steps that decompose statistics: refuses them before any parameter has moved, where they would not be
 * finite with a gradient in them. Nothing on webgpu.
 *
 * @param statistics - by axis, before this gradient: `[d, d]`, or `[d]` for a diagonal
 * @returns a number without meaning
 * @throws RangeError when run with elements that are not finite, except on webgpu
 */
export function assertedFinite(g: Expression, statistics: ReadonlyMap<Axis, Expression>): Expression {
  // Products of rows are no larger than their squares: the diagonal is enough. 0 of finite numbers, NaN of others.
  const parts = [...statistics].map(([axis, H]) => {
    const diagonal = gram(g, axis, true);
    const largest = H.max().add(diagonal.max());
    return H.mul(0).sum().add(diagonal.mul(0).sum()).add(largest.mul(0));
  });
  return refusing([parts.reduce((sum, part) => sum.add(part), constant(0))], {})[0]!;
}

/**
 * Makes one of a function of the host, of which it takes one result. The operands after the first are for the device.
 *
 * @param isLenient - whether what is not finite gives NaN in place of an error
 */
function decomposition<A extends object>(
  name: string,
  host: HostFunction<A>,
  result: number,
  onDevice: (operands: readonly tf.Tensor[], options: A) => tf.Tensor,
  isLenient = false,
): (operands: readonly Expression[], options: A) => Expression {
  const apply = defineTensorFunction<A>({
    name,
    shapes: ([x], options) => [host.shapes([x!], options)[result]!],
    run(operands, options) {
      if (tf.getBackend() === 'webgpu') return [onDevice(operands, options)];
      const made = host(operands[0]!, options)[result]!;
      if (!isLenient && made.dataSync().some(Number.isNaN))
        throw new RangeError(`${name}: the statistics must be finite, got NaN or infinite ones`);
      return [made];
    },
  });
  return (operands, options) => apply(operands, options)[0]!;
}

const newtonRoot = ([x]: readonly tf.Tensor[], options: RootOptions): tf.Tensor =>
  coupledNewtonRoot(x!, { ...options, iterations: 20 })[0];

const root = /* @__PURE__ */ decomposition('matrixRoot', inverseRoot, 0, newtonRoot);

const lenientRoot = /* @__PURE__ */ decomposition('relativeRoots', inverseRoot, 0, newtonRoot, true);

/**
 * (A + ridge·I)^(−1/power) of statistics: of a symmetric positive semidefinite matrix A, or, element by element, of a
 * diagonal.
 *
 * @param A - `[n, n]` or `[n]`
 * @throws RangeError when run with elements that are not finite, except on webgpu
 */
export function matrixRoot(A: Expression, power: number, ridge: number): Expression {
  return A.rank === 1 ? pow(A.add(ridge), -1 / power) : root([A], { power, ridge });
}

/**
 * (A + ridge·λmax·I)^(−1/power) of each matrix of a stack; NaN for one that is not finite.
 *
 * @param A - `[..., n, n]`
 */
export function relativeRoots(A: Expression, power: number, ridge: number): Expression {
  return lenientRoot([A], { power, relativeRidge: ridge });
}

const bases = /* @__PURE__ */ decomposition('eigenvectors', eigh, 1, ([x]) => jacobi(x!, 6)[1]);

/**
 * Eigenvectors of a symmetric matrix of statistics, the columns of the result, that of the largest eigenvalue first.
 *
 * @throws RangeError when run with elements that are not finite, except on webgpu
 */
export function eigenvectors(A: Expression): Expression {
  return bases([A], {});
}

/** Of what a column is made on the device where it vanishes, in proportion to the largest element. */
const share = 1e-6;

const factors = /* @__PURE__ */ decomposition('orthogonalFactor', qr, 0, ([x, near]) =>
  orthonormalize(tf.add(x!, tf.mul(near!, tf.add(tf.mul(tf.max(tf.abs(x!)), share), 1e-30))), 10),
);

/**
 * Q of the QR decomposition of a matrix, whose diagonal of R is not negative.
 *
 * @param near - an orthogonal matrix that Q is near to, for webgpu to go by in place of columns that vanish
 * @throws RangeError when run with elements that are not finite, except on webgpu
 */
export function orthogonalFactor(A: Expression, near: Expression): Expression {
  return factors([A, near], {});
}

const sorting = /* @__PURE__ */ defineTensorFunction<{ readonly axis: number }>({
  name: 'sorted',
  shapes: ([x, keys], { axis }) =>
    keys![0] === x![axis] ? [x!] : `keys must be as many as there are along axis ${axis}`,
  run: ([x, keys], { axis }) => [tf.gather(x!, tf.topk(keys!, keys!.size).indices, axis)],
});

/** What stands along an axis in the order of its `keys`, the largest first. */
export function sorted(x: Expression, axis: Axis, keys: Expression): Expression {
  return sorting([x, reshape(keys, [keys.size])], { axis })[0]!;
}

const inverses = /* @__PURE__ */ defineTensorFunction({
  name: 'upperInverse',
  shapes: ([Q]) => [Q!],
  run([Q]) {
    // Their numbers are the host's own, or a copy away.
    const isHost = ['cpu', 'wasm'].includes(tf.getBackend());
    return isHost
      ? triangularSolve([Q!, tf.eye(Q!.shape[0]!)], { lower: false })
      : [triangularInverse(Q!, false)];
  },
});

/** The inverse of an upper triangular matrix `[n, n]`; or, element by element, of a diagonal `[n]`. */
export function upperInverse(Q: Expression): Expression {
  return Q.rank === 1 ? constant(1).div(Q) : inverses([Q])[0]!;
}

// SPDX-License-Identifier: Apache-2.0

/**
 * Linear algebra for TensorFlow.js, as matrix optimizers need it: eigenvectors, QR, Cholesky, inverse roots,
 * orthogonalization.
 *
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { eigh, inverseRoot, newtonSchulz, qr } from '@optim/linalg';
 *
 * const spread = tf.tidy(() => {
 *   const [q, r] = qr(tf.randomNormal([256, 128]));
 *   const [values, vectors] = eigh(tf.matMul(r!, r!, true, false));
 *   const [root] = inverseRoot(tf.matMul(r!, r!, true, false), { power: 4, relativeRidge: 1e-6 });
 *   const orthogonal = newtonSchulz(tf.matMul(q!, tf.matMul(vectors!, root!)));
 *   return [tf.max(values!).arraySync(), orthogonal.shape];
 * });
 * ```
 *
 * **On the host, in float64**: {@link eigh}, {@link qr}, {@link cholesky}, {@link triangularSolve} and
 * {@link inverseRoot}. They read tensors back, at once or, as `await eigh.async(x)`, asynchronously; on webgpu
 * only the latter is possible. The work is done in WebAssembly, written at run time; where that is forbidden, in
 * plain JavaScript. NaN or infinite elements give NaN, never an endless loop. {@link hostEigh} and its like take
 * `Float64Array` matrices.
 *
 * **On the device**, eigenvectors by {@link jacobi}; by matrix products alone {@link newtonSchulz}, {@link coupledNewtonRoot},
 * {@link orthonormalize}, {@link triangularInverse}, {@link inverseCholesky}, {@link matrixExponential} and
 * {@link largestEigenvalue}. Nothing is read back, and precision is that of float32.
 *
 * **Shapes**: {@link matrixShape}, {@link aroundAxis}, {@link mergeSmallAxes}, {@link mergeAxesUpTo} and
 * {@link blocksOf} say how a tensor becomes a matrix or several.
 *
 * Tensors may have leading axes: a batch of matrices.
 *
 * @packageDocumentation
 */

export {
  isTriple,
  newtonSchulzPresets,
  newtonSchulzSteps,
  type NewtonSchulzCoefficients,
  type Triple,
} from './coefficients.js';
export { hostCholesky, hostSolve } from './host/cholesky.js';
export { hostEigh, type Eigen } from './host/eigen.js';
export { hostInverseRoot, type RootOptions } from './host/inverse-root.js';
export { matrix, type Matrix } from './host/matrix.js';
export { hostQR, type QROptions } from './host/qr.js';
export { hostTriangularSolve, type TriangularOptions } from './host/triangular.js';
export {
  aroundAxis,
  blocksOf,
  matrixShape,
  mergeAxesUpTo,
  mergeSmallAxes,
  type Block,
  type Shape,
} from './shape.js';
export { cholesky, eigh, inverseRoot, qr, triangularSolve } from './tensors/decompositions.js';
export { matrixExponential } from './tensors/exponential.js';
export { jacobi } from './tensors/jacobi.js';
export { newtonSchulz, type NewtonSchulzOptions } from './tensors/newton-schulz.js';
export { type HostFunction } from './tensors/on-host.js';
export { coupledNewtonRoot, largestEigenvalue, type CoupledNewtonOptions } from './tensors/roots.js';
export { inverseCholesky, orthonormalize, triangularInverse } from './tensors/triangular.js';

// SPDX-License-Identifier: Apache-2.0

/**
 * Second and higher derivatives that are right, of real networks.
 *
 * In stock TensorFlow.js the gradient of a gradient is silently wrong through tanh, sigmoid, exp, softmax and their
 * cross-entropies, and throws through convolutions, pooling, clipping and comparisons. Here are exact Hessian-vector products
 * (`hessianVectorProduct`, `curvature`), Hutchinson's estimate of the Hessian's diagonal (`hutchinsonDiagonal`), derivatives
 * of a network by its inputs (`derivative`), and the scope they work in (`higherOrder`). What cannot be differentiated is
 * named in an error.
 *
 * @packageDocumentation
 */

export {
  curvature,
  hessianVectorProduct,
  type Curvature,
  type CurvatureOptions,
  type HessianVectorProduct,
} from './curvature.js';
export { derivative, type TensorFunction } from './derivative.js';
export type { ByName } from './gradient.js';
export { hutchinsonDiagonal, type HutchinsonDiagonal, type HutchinsonOptions } from './hutchinson.js';
export { randomProbe, type ProbeOptions } from './probe.js';
export { higherOrder } from './tape.js';

// SPDX-License-Identifier: Apache-2.0

/**
 * Second and higher derivatives that are right, of real networks.
 *
 * In stock TensorFlow.js the gradient of a gradient is silently wrong through tanh, sigmoid, exp, softmax and their
 * cross-entropies, and throws through convolutions, pooling, clipping and comparisons. Here are exact Hessian-vector products
 * (`hessianVectorProduct`, `curvature`), Hutchinson's estimate of the Hessian's diagonal (`hutchinsonDiagonal`), derivatives
 * of a network by its inputs (`derivative`), and the scope they work in (`higherOrder`).
 *
 * Proved in float64: dense, convolution (also depthwise, separable, transposed, 1-D, 3-D), pooling, normalization, recurrent, embedding,
 * upsampling and merging layers, all activations and the losses of tfjs-layers. Not possible: three-dimensional max pooling, and what
 * has no gradient in TensorFlow.js either. What cannot be differentiated is named in an error. A gradient that somebody has given an
 * operation (`tf.registerGradient`, `tf.customGrad`) is taken at its word: if it is not the derivative of what the operation
 * computes, the Hessian is that of neither. Three of TensorFlow.js' own are wrong in the first pass already, and are right
 * here: those of average pooling with padding, of resizing on the cpu backend, and of max pooling on the wasm backend. The
 * wasm backend also has no gradients of convolutions and embeddings, which are made of other operations while a product is.
 *
 * @packageDocumentation
 */

export {
  curvature,
  hessianVectorProduct,
  type CurvatureOptions,
  type HessianVectorProduct,
} from './curvature.js';
export type { Curvature } from './gradient.js';
export { derivative, type TensorFunction } from './derivative.js';
export type { ByName } from './gradient.js';
export { hutchinsonDiagonal, type HutchinsonDiagonal, type HutchinsonOptions } from './hutchinson.js';
export { randomProbe, type ProbeOptions } from './probe.js';
export { higherOrder } from './tape.js';

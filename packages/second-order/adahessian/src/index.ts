// SPDX-License-Identifier: Apache-2.0

/**
 * AdaHessian, and what optimizers with an estimate of the Hessian's diagonal share.
 *
 * @packageDocumentation
 */

export { AdaHessian, type AdaHessianOptions } from './adahessian.js';
export {
  DiagonalHessian,
  diagonalHessianOptions,
  estimates,
  type DiagonalHessianOptions,
  type HessianDistribution,
} from './diagonal-hessian.js';

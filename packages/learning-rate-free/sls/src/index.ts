// SPDX-License-Identifier: Apache-2.0

/**
 * SGD that finds the length of each step by trying: a stochastic line search.
 *
 * @packageDocumentation
 */

export { ArmijoSGD } from './armijo-sgd.js';
export type { ArmijoSGDOptions } from './options.js';

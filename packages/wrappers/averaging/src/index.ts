// SPDX-License-Identifier: Apache-2.0

/**
 * Averages of the weights that any optimizer visits, for evaluation: exponential, uniform (SWA), polynomial.
 *
 * @packageDocumentation
 */

export { WeightAveraging } from './weight-averaging.js';
export type { AverageKind, WeightAveragingOptions } from './average.js';

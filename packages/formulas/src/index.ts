// SPDX-License-Identifier: Apache-2.0

/**
 * Formulas that several papers share, each written once as an expression of `@optim/fusion`: first values of slots, moving
 * averages, bias corrections, momentum, factored moments, what is done to each output unit of a kernel.
 *
 * @packageDocumentation
 */

export * from './factored.js';
export * from './formulas.js';
export { pauses } from './pauses.js';
export { matrixOf, orthogonalized, type NewtonSchulz } from './orthogonal.js';
export * from './output-units.js';
export { projected } from './projection.js';
export type { Results, TracedInit } from './types.js';

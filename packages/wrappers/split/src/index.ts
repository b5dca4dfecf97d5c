// SPDX-License-Identifier: Apache-2.0

/**
 * Other optimizers for other variables, as one.
 *
 * @packageDocumentation
 */

export { hiddenMatrices, type HiddenMatricesOptions } from './hidden-matrices.js';
export { Split, type SplitOptions } from './split.js';
export type { Matches, SplitGroup } from './groups.js';

// SPDX-License-Identifier: Apache-2.0
// Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", Math. Comp. 35, 1980.
// Checked against torch.optim.LBFGS.

/**
 * L-BFGS: quasi-Newton steps with a fixed length or a strong-Wolfe search.
 *
 * @packageDocumentation
 */

export { LBFGS } from './lbfgs.js';
export type { LBFGSOptions } from './options.js';

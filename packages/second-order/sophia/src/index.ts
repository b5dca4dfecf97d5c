// SPDX-License-Identifier: Apache-2.0

/**
 * Sophia in both forms: curvature by Hessian-vector products (SophiaH), and by labels drawn from the model (SophiaG).
 *
 * @packageDocumentation
 */

export type { Likelihood } from './sampled-loss.js';
export { SophiaG, type SophiaGOptions } from './sophia-g.js';
export { SophiaH, type SophiaHOptions } from './sophia-h.js';

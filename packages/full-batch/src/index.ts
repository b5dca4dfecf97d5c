// SPDX-License-Identifier: Apache-2.0

/**
 * For methods that decide on the host, by a few numbers of every evaluation, and see all parameters as one vector: quasi-Newton
 * methods, least squares.
 *
 * - {@link ReadingOptimizer}: an optimizer whose `minimize` reads at once, and whose `minimizeAsync` reads as the backend
 *   answers. One call is {@link Work}, written once for both.
 * - {@link concatenated}, {@link parted}, {@link moveAlong}: parameters as one vector, and back.
 *
 * @packageDocumentation
 */

export { concatenated, moveAlong, parted } from './long-vector.js';
export { ReadingOptimizer } from './reading-optimizer.js';
export type { Work } from './work.js';

// SPDX-License-Identifier: Apache-2.0
// Liu et al., "Towards Efficient and Scalable Sharpness-Aware Minimization", arXiv:2203.02714

/**
 * LookSAM around any optimizer.
 *
 * @packageDocumentation
 */

export { LookSAM, type LookSAMOptions } from './looksam.js';

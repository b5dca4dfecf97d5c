// SPDX-License-Identifier: Apache-2.0
// Yue et al., "Sharpness-Aware Minimization Revisited: Weighted Sharpness as a Regularization Term", arXiv:2305.15817
// Checked against trajectories of WeightedSAM in the authors' atorch, commit 7fb7da8.

/**
 * WSAM around any optimizer.
 *
 * @packageDocumentation
 */

export { WSAM, type WSAMOptions } from './wsam.js';

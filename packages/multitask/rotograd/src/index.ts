// SPDX-License-Identifier: Apache-2.0
// Javaloy and Valera, "RotoGrad: Gradient Homogenization in Multitask Learning", arXiv:2103.02631
// Checked against trajectories of the authors' rotograd 0.1.6, commit f924985.

/**
 * RotoGrad around any optimizer.
 *
 * @packageDocumentation
 */

export { type Method, type RotoGradOptions, type Tasks } from './options.js';
export { RotoGrad } from './rotograd.js';

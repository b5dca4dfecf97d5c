// SPDX-License-Identifier: Apache-2.0

/**
 * GaLore around any optimizer: its state shrinks to low-rank projections of the gradients.
 *
 * @packageDocumentation
 */

export { GaLore } from './galore.js';
export type { GaLoreOptions } from './projection.js';

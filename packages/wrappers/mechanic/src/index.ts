// SPDX-License-Identifier: Apache-2.0

/**
 * Mechanic around any optimizer: the scale of its steps is learned.
 *
 * @packageDocumentation
 */

export { Mechanic } from './mechanic.js';
export type { MechanicOptions } from './tuner.js';

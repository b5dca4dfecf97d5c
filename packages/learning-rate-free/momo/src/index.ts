// SPDX-License-Identifier: Apache-2.0

/**
 * Momentum and Adam whose step length is read off a model of the loss: MoMo and MoMoAdam.
 *
 * @packageDocumentation
 */

export { MoMo, type MoMoOptions } from './momo.js';
export { MoMoAdam, type MoMoAdamOptions } from './momo-adam.js';

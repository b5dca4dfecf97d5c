// SPDX-License-Identifier: Apache-2.0

/**
 * Gradient accumulation around any optimizer.
 *
 * @packageDocumentation
 */

export { GradientAccumulation, type GradientAccumulationOptions } from './gradient-accumulation.js';

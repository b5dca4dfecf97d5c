// SPDX-License-Identifier: Apache-2.0

/**
 * SGD without a learning rate: distance over gradients (DoG), the same for each tensor (LDoG), and distance over weighted
 * gradients (DoWG).
 *
 * @packageDocumentation
 */

export { DoG, type DoGOptions } from './dog.js';
export { DoWG, type DoWGOptions } from './dowg.js';
export { LDoG, type LDoGOptions } from './ldog.js';

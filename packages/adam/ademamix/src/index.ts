// SPDX-License-Identifier: Apache-2.0

/**
 * Adam with a long memory of gradients: AdEMAMix, and the form with one slot less.
 *
 * @packageDocumentation
 */

export { AdEMAMix, type AdEMAMixOptions } from './ademamix.js';
export { SimplifiedAdEMAMix, type SimplifiedAdEMAMixOptions } from './simplified-ademamix.js';

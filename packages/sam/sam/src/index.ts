// SPDX-License-Identifier: Apache-2.0

/**
 * Sharpness-aware minimization around any optimizer, and what the methods of its kind share.
 *
 * @packageDocumentation
 */

export { adaptiveScale, ascent, type Ascent, type PerturbationOptions } from './ascent.js';
export { returnsMerged, type Gradients, type Merge } from './merge.js';
export { SAM, type SAMOptions } from './sam.js';
export { SharpnessAware } from './sharpness-aware.js';

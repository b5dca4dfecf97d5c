// SPDX-License-Identifier: Apache-2.0

/**
 * Sharpness-aware minimization around any optimizer, and what the methods of its kind share.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { SAM } from './sam.js';

register(SAM);

export { SAM };
export type { SAMOptions } from './sam.js';
export { Perturbation, SharpnessAware, type PerturbationOptions } from './sharpness-aware.js';

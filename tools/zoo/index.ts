// SPDX-License-Identifier: Apache-2.0

// Every optimizer class there is, for the tools that measure, train or list all of them.

import { adam } from './adam.js';
import { adaptive } from './adaptive.js';
import { layerwise } from './layerwise.js';
import { learningRateFree } from './learning-rate-free.js';
import { momentum } from './momentum.js';
import { wrappers } from './wrappers.js';
import type { Zoo } from './zoo.js';

export type { Zoo } from './zoo.js';

/** The algorithms that are rules. */
export const rules: Zoo = { ...adam, ...adaptive, ...momentum, ...layerwise, ...learningRateFree };

/** Rules and wrappers. */
export const zoo: Zoo = { ...rules, ...wrappers };

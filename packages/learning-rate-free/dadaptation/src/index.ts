// SPDX-License-Identifier: Apache-2.0

/**
 * D-Adaptation: learning rates estimated while training, from the distance to the solution.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core';
import { DAdaptAdam } from './dadapt-adam.js';

register(DAdaptAdam);

export { DAdaptAdam };
export type { DAdaptAdamOptions } from './dadapt-adam.js';

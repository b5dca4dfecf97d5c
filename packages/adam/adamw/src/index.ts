// SPDX-License-Identifier: Apache-2.0

/**
 * AdamW, and the two variants that are the same rule with one switch fixed: AMSGrad and AdamD.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { AdamD, AdamW, AMSGrad } from './adamw.js';

register(AdamW, AMSGrad, AdamD);

export { AdamD, AdamW, AMSGrad };
export type { AdamDOptions, AdamWOptions, AMSGradOptions } from './adamw.js';

// SPDX-License-Identifier: Apache-2.0

/**
 * AdamW, Adam, which is the same rule with other defaults, and two variants with one switch fixed: AMSGrad and AdamD.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { Adam, AdamD, AdamW, AMSGrad } from './adamw.js';

register(AdamW, Adam, AMSGrad, AdamD);

export { Adam, AdamD, AdamW, AMSGrad };
export type { AdamDOptions, AdamOptions, AdamWOptions, AMSGradOptions } from './adamw.js';

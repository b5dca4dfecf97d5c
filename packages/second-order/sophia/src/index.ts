// SPDX-License-Identifier: Apache-2.0

/**
 * Sophia in both forms: curvature by Hessian-vector products (SophiaH), and by labels drawn from the model (SophiaG).
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { SophiaG } from './sophia-g.js';
import { SophiaH } from './sophia-h.js';

register(SophiaG, SophiaH);

export { SophiaG, SophiaH };
export type { SampledModel } from './model-outputs.js';
export type { Outputs } from './sampled-loss.js';
export type { SophiaGOptions } from './sophia-g.js';
export type { SophiaHOptions } from './sophia-h.js';

// SPDX-License-Identifier: Apache-2.0

/**
 * SCION: steps to the border of a norm ball, the norm chosen by the role of each tensor.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { SCION } from './scion.js';
import { SCIONLight } from './scion-light.js';

register(SCION, SCIONLight);

export { SCION, SCIONLight };
export { initializeSCION } from './initialize.js';
export type { SCIONOptions } from './rule.js';
export type { NormName } from './norms.js';
export type { SCIONLightOptions } from './scion-light.js';

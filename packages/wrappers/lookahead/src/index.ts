// SPDX-License-Identifier: Apache-2.0

/**
 * Lookahead around any optimizer.
 *
 * @packageDocumentation
 */

import { register } from '@optim/core/authoring';
import { Lookahead } from './lookahead.js';

register(Lookahead);

export { Lookahead };
export type { LookaheadOptions, PullbackMomentum } from './lookahead.js';

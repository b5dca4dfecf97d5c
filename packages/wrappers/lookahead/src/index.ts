// SPDX-License-Identifier: Apache-2.0

/**
 * Lookahead around any optimizer.
 *
 * @packageDocumentation
 */

export { Lookahead, type LookaheadOptions } from './lookahead.js';
export type { PullbackMomentum } from './slow-weights.js';

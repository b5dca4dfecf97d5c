// SPDX-License-Identifier: Apache-2.0

/**
 * Lookahead around any optimizer.
 *
 * @packageDocumentation
 */

export { Lookahead, type LookaheadOptions, type PullbackMomentum } from './lookahead.js';

// SPDX-License-Identifier: Apache-2.0

import type { DistributedRoundsOptions } from './options.js';
import { DistributedRounds } from './rounds.js';

/**
 * Joins a run, or begins it: the worker's variables become those of the run, and every `localSteps` steps a round ends. The result
 * is a callback of `fit` and `fitDataset`; a loop of one's own calls `step` after each step of its optimizer.
 *
 * ```text
 * W: weights of the round, the same for all workers
 * Wᵢ ← `localSteps` steps of worker i from W, with its own data
 * G ← mean of W − Wᵢ, over the workers that answered
 * W ← step of `outer` from W along G
 * ```
 *
 * Workers may come and go, and so may the broker. Workers that compute on one kind of backend stay equal bit for bit; one on
 * another, whose last bits may differ, takes over the global state where it does.
 *
 * A message is refused unless run, round, names, shapes, lengths and the state it started from fit, and all its numbers are
 * finite; it changes nothing then. Whoever may write to the broker can still send wrong numbers that fit: let the broker decide who
 * may.
 *
 * @throws TypeError or RangeError (as a rejection) for a wrong option, and where the run has other variables or another outer
 * optimizer; what the client of NATS throws where the broker refuses
 */
export function distributedRounds(options: DistributedRoundsOptions): Promise<DistributedRounds> {
  return DistributedRounds.join(options);
}

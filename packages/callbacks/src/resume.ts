// SPDX-License-Identifier: Apache-2.0
// Going on from a checkpoint.

import { choice, resolveOptions, type OptionTable } from '@optim/options';
import { assertStore, bestIn, namesIn } from './kept.js';
import { putSnapshot, someCallbacks, type Callbacks, type Position } from './snapshot.js';
import type { Store } from './store.js';
import { assertTraining, type Training } from './training.js';

/** Options of {@link resume}. */
export interface ResumeOptions {
  /** Callbacks whose state is to be taken over, by the names under which they were saved; default none. */
  callbacks?: Callbacks;
  /** Which one: the newest ('last') or the best by the metric of {@link checkpoint} ('best'); default 'last'. */
  which?: 'last' | 'best';
}

const table: OptionTable<ResumeOptions> = {
  callbacks: someCallbacks,
  which: /* #__PURE__ */ choice(['last', 'best']),
};

/**
 * Brings a training to where it was saved by {@link checkpoint}: weights, optimizer, callbacks. The model has to be made and
 * compiled as then; its name and those of its layers may be others.
 *
 * ```ts
 * const at = await resume(model, store);
 * await model.fit(x, y, { initialEpoch: at?.epoch ?? 0, epochs: 100 });
 * ```
 *
 * In the middle of an epoch `batch` says how many batches of it were done: `dataset.skip(batch)` gives the others.
 *
 * @param training - a model of tfjs-layers, or `{ variables, optimizer }`
 * @returns where it is now; `null` where the store has no checkpoint, and nothing has changed
 * @throws TypeError or RangeError saying what does not fit; nothing has changed then
 */
export async function resume(
  training: Training,
  store: Store,
  options: ResumeOptions = {},
): Promise<Position | null> {
  assertTraining('resume', training);
  assertStore('resume', store);
  const { callbacks, which } = resolveOptions<ResumeOptions>('resume', table, options);
  const names = await namesIn(store);
  const name = which === 'last' ? names.at(-1) : (await bestIn(store, names))?.name;
  if (!name) return null;
  const { epoch, batch } = await putSnapshot(await store.load(name), training, callbacks);
  return { epoch, batch };
}

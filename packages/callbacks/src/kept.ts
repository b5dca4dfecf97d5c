// SPDX-License-Identifier: Apache-2.0
// The checkpoints in a store.

import { isArrayOf, show } from '@optim/options';
import { Best, numberFrom } from './best.js';
import { checkpointFrom } from './snapshot.js';
import type { Store } from './store.js';

/** The best checkpoint of a store. */
export interface Found {
  name: string | null;
  readonly value: Best;
}

/** Names in the order of the steps. */
export const nameOf = (step: number): string => `step-${String(step).padStart(10, '0')}`;

/**
 * The names of all checkpoints, by step.
 * @throws TypeError for a store that gives none
 */
export async function namesIn(store: Store): Promise<string[]> {
  const names: unknown = await store.names();
  if (!isArrayOf(names, (name) => typeof name === 'string'))
    throw new TypeError(`checkpoint: names() of the store must give an array of strings, got ${show(names)}`);
  return (names as string[]).filter((name) => /^step-\d{10}$/.test(name)).sort();
}

/** The best of checkpoints by the metric that was saved with them. */
export async function bestIn(store: Store, names: readonly string[]): Promise<Found | undefined> {
  let best: Found | undefined;
  for (const name of names) {
    const { metric, mode } = (await checkpointFrom(await store.load(name))).header;
    if (metric === null) continue;
    best ??= { name: null, value: new Best({ monitor: '', mode, minDelta: 0 }) };
    if (best.value.take(numberFrom(metric)!)) best.name = name;
  }
  return best;
}

/**
 * Refuses what is no store.
 * @throws TypeError
 */
export function assertStore(owner: string, store: unknown): void {
  const { save, load, names, remove } = (store ?? {}) as Partial<Store>;
  if ([save, load, names, remove].every((each) => typeof each === 'function')) return;
  throw new TypeError(`${owner}: store must have save, load, names and remove, got ${show(store)}`);
}

// SPDX-License-Identifier: Apache-2.0
// Run as a worker, this saves one state after the other until it is ended.

import type { StateDict } from '@optim/core';
import { indexedDBStore } from '../src/indexed-db-store.js';

/** A state of some step, whose numbers all tell the step. */
export function stateOf(step: number): StateDict {
  const slots = { m: { shape: [300_000], data: new Float32Array(300_000).fill(step) } };
  const parameters = [{ name: 'w', shape: [300_000], dtype: 'float32' as const, updates: step, slots }];
  return { format: 1, optimizer: 'Any', step, hyperparameters: {}, globals: {}, parameters };
}

const { name, postMessage: tell } = globalThis as unknown as {
  name?: string;
  postMessage(step: number): void;
};
if (typeof document === 'undefined' && name?.startsWith('saving ')) {
  const store = indexedDBStore(name);
  for (let step = 1; ; step++) {
    await store.save('state', stateOf(step));
    tell(step);
  }
}

// SPDX-License-Identifier: Apache-2.0

import type { Store } from '@optim/callbacks';
import { decodeState, encodeState } from '@optim/core';

/** A store in memory, which is all that one takes. */
export function memoryStore(
  from: Iterable<[string, Uint8Array]> = [],
): Store & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map(from);
  return {
    kept,
    save: (name, state) => Promise.resolve(void kept.set(name, encodeState(state))),
    load: (name) => Promise.resolve(decodeState(kept.get(name)!)),
    names: () => Promise.resolve([...kept.keys()]),
    remove: (name) => Promise.resolve(void kept.delete(name)),
  };
}

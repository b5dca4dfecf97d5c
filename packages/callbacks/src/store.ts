// SPDX-License-Identifier: Apache-2.0

import type { StateDict } from '@optim/state';

/**
 * Where checkpoints are kept. `fileStore` of `@optim/callbacks/node` and {@link indexedDBStore} are such; anything else that
 * keeps data under names can be one: `encodeState` and `decodeState` of `@optim/core` turn a state into bytes and back.
 */
export interface Store {
  /** Keeps a state under a name. It is there whole when the promise is kept, and whatever happens before then, whole or not at all. */
  save(name: string, state: StateDict): Promise<void>;
  /** The state under a name. */
  load(name: string): Promise<StateDict>;
  /** The names of all states, in any order. */
  names(): Promise<string[]>;
  /** Forgets the state under a name, if there is one. */
  remove(name: string): Promise<void>;
}

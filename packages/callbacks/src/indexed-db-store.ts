// SPDX-License-Identifier: Apache-2.0

import { show } from '@optim/options';
import { decodeState, encodeState, type StateDict } from '@optim/state';
import type { Store } from './store.js';

const table = 'checkpoints';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error!));
  });
}

function opened(database: string): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(table));
  return settled(request);
}

/**
 * Checkpoints in a database of the browser. Each is written in one transaction, and reaches the disk before `save` is
 * done: a page that is closed in the middle leaves what was there.
 *
 * @param database - its name; the checkpoints of a training have one of their own
 * @throws TypeError for what is no name, or where there is no IndexedDB, as in Node
 * @example `checkpoint(model, indexedDBStore('my-training'))`
 */
export function indexedDBStore(database: string): Store {
  if (typeof database !== 'string' || database === '')
    throw new TypeError(`indexedDBStore: database must be a name, got ${show(database)}`);
  if (typeof indexedDB === 'undefined')
    throw new TypeError(
      'indexedDBStore: there is no IndexedDB here; in Node take fileStore of @optim/callbacks/node',
    );

  const run = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const db = await opened(database);
    try {
      const transaction = db.transaction(table, mode, { durability: 'strict' });
      const done = new Promise<void>((resolve, reject) => {
        transaction.addEventListener('complete', () => resolve());
        transaction.addEventListener('abort', () => reject(transaction.error!));
      });
      const [result] = await Promise.all([settled(work(transaction.objectStore(table))), done]);
      return result;
    } finally {
      db.close();
    }
  };
  return {
    async save(name: string, state: StateDict): Promise<void> {
      const bytes = encodeState(state);
      await run('readwrite', (store) => store.put(bytes, name));
    },
    async load(name: string): Promise<StateDict> {
      const bytes = await run<unknown>('readonly', (store) => store.get(name));
      if (bytes === undefined) throw new RangeError(`indexedDBStore: there is no state under ${show(name)}`);
      return decodeState(bytes as Uint8Array);
    },
    async names(): Promise<string[]> {
      return (await run('readonly', (store) => store.getAllKeys())) as string[];
    },
    async remove(name: string): Promise<void> {
      await run('readwrite', (store) => store.delete(name));
    },
  };
}

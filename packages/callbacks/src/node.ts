// SPDX-License-Identifier: Apache-2.0

/**
 * Checkpoints in the files of a folder.
 *
 * @packageDocumentation
 */

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '@optim/options';
import type { StateDict } from '@optim/state';
import { loadStateFile, saveStateFile } from '@optim/state/node';
import type { Store } from './store.js';

const ending = '.safetensors';

/**
 * Checkpoints in a folder, which is made when the first one is saved: files `NAME.safetensors`, which Python reads too. Each is
 * complete or not there, whenever the process is killed or the power fails, see `saveStateFile` of `@optim/core/node`.
 *
 * @param folder - its path; the checkpoints of a training have one of their own
 * @throws TypeError for what is no path
 * @example `checkpoint(model, fileStore('my-training'))`
 */
export function fileStore(folder: string): Store {
  if (typeof folder !== 'string' || folder === '')
    throw new TypeError(`fileStore: folder must be a path, got ${show(folder)}`);
  const pathOf = (name: string): string => join(folder, name + ending);
  return {
    async save(name: string, state: StateDict): Promise<void> {
      await mkdir(folder, { recursive: true });
      await saveStateFile(pathOf(name), state);
    },
    load: (name) => loadStateFile(pathOf(name)),
    async names(): Promise<string[]> {
      const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      return files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

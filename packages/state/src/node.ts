// SPDX-License-Identifier: Apache-2.0

/**
 * Saving optimizer state to disk in Node.
 *
 * @packageDocumentation
 */

import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { decodeState, encodeState } from './safetensors.js';
import type { StateDict } from './state-dict.js';

/**
 * Writes a state dict to a file in the safetensors layout. The file is complete or as it was before: the bytes go to
 * a new file beside it, are flushed to the disk, and take its name in one step.
 */
export async function saveStateFile(path: string, state: StateDict): Promise<void> {
  const target = resolve(path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(encodeState(state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Makes a rename last through a power failure, where the system lets folders be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/**
 * Reads a state dict written by {@link saveStateFile}.
 * @throws TypeError for a file that is truncated or holds something else
 */
export async function loadStateFile(path: string): Promise<StateDict> {
  return decodeState(await readFile(path));
}

// SPDX-License-Identifier: Apache-2.0

/**
 * Saving optimizer state to disk in Node.
 *
 * @packageDocumentation
 */

import { open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { show } from '@optim/options';
import { headerEnd } from './layout.js';
import { encodePieces, readLayout } from './safetensors.js';
import type { StateDict } from './state-dict.js';
import { removeOrphans, temporaryFor } from './temporary.js';
import { transfer } from './transfer.js';

/**
 * Writes a state dict to a file in the safetensors layout. The file is complete or as it was before: the bytes go to
 * a new file beside it, reach the disk, and take its name in one step. A file that is replaced hands on its mode, and its
 * owner where the system lets it; of a symbolic link, the file it leads to is written; another name of the file (a hard link) keeps the
 * old state. What savers of the same file left that were killed is removed.
 *
 * The numbers of the state must stay as they are until it is written.
 * @throws TypeError for a state that {@link loadStateFile} would not give back, before anything is written
 */
export async function saveStateFile(path: string, state: StateDict): Promise<void> {
  assertPath('saveStateFile', path);
  const pieces = encodePieces(state);
  const target = await followed(resolve(path));
  const before = await stat(target).catch(() => null);
  if (before && !before.isFile()) throw new Error(`saveStateFile: "${path}" must be a file`);
  await removeOrphans(target);
  const temporary = temporaryFor(target);
  try {
    // Nobody may read the new file who could not read the old one, also while it is written.
    const file = await open(temporary, 'wx', before ? 0o600 : 0o666);
    try {
      if (before) {
        // Only root may give a file to another user.
        await file.chown(before.uid, before.gid).catch(() => undefined);
        await file.chmod(before.mode & 0o777);
      }
      await transfer(pieces, 0, async (buffers, at) => (await file.writev(buffers, at)).bytesWritten);
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

/** @throws TypeError or RangeError for a path that no system has */
function assertPath(who: string, path: unknown): void {
  if (typeof path !== 'string') throw new TypeError(`${who}: the path must be a string, got ${show(path)}`);
  if (path === '' || path.includes('\0') || path.length > 4096)
    throw new RangeError(`${who}: the path must have 1 to 4096 characters and no zeros, got ${show(path)}`);
}

/** Where symbolic links lead, also to what does not exist yet. */
async function followed(path: string, links = 0): Promise<string> {
  const found = await realpath(path).catch(() => null);
  if (found !== null) return found;
  const link = await readlink(path).catch(() => null);
  if (link === null) return path;
  // As many as Linux follows.
  if (links === 40) throw new Error(`saveStateFile: the symbolic links at "${path}" lead nowhere`);
  return followed(resolve(await realpath(dirname(path)), link), links + 1);
}

/** Makes a rename last through a power failure, where the system lets folders be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function read(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  await transfer(buffers, position, async (parts, at) => (await file.readv(parts, at)).bytesRead);
}

/**
 * Reads a state dict written by {@link saveStateFile}, also one of more than 2 GiB.
 * @throws TypeError for a file that is truncated or holds something else
 */
export async function loadStateFile(path: string): Promise<StateDict> {
  assertPath('loadStateFile', path);
  // Before it is opened: a pipe would wait for its writer.
  if (!(await stat(path)).isFile()) throw new Error(`loadStateFile: ${show(path)} must be a file`);
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = new Uint8Array(8);
    await read(file, [length.subarray(0, size)], 0);
    const start = headerEnd(length, size);
    const header = new Uint8Array(start - 8);
    await read(file, [header], 8);
    const { places, finish } = readLayout(header, size);
    // Only now, when it is known that the file has as many bytes as these take.
    const data = places.map(({ from, to }) => new Uint8Array(to - from));
    await read(file, data, start);
    return finish(data);
  } finally {
    await file.close();
  }
}

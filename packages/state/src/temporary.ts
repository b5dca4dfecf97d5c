// SPDX-License-Identifier: Apache-2.0
// Temporary files beside the file that is saved: their names, and the removal of those whose saver was killed.

import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A saver that has written nothing for that long, in ms, is taken for gone, wherever it ran. */
const patience = 3600e3;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What the names of all temporary files of a target start with. Its own name may be too long to be lengthened. */
const prefixOf = (target: string): string => `.optim-${digest(basename(target))}-`;

/** A new name that tells its target, host and process. */
export function temporaryFor(target: string): string {
  const name = `${prefixOf(target)}${digest(hostname())}-${process.pid}-${randomUUID()}.tmp`;
  return join(dirname(target), name);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process that made a file on a host is no more. */
function isOrphan(host: string, pid: number, written: number): boolean {
  if (Date.now() - written > patience) return true;
  if (host !== digest(hostname())) return false;
  // In a container, a process may have the number of the one before it.
  return pid === process.pid ? written < Date.now() - 1000 * process.uptime() - 1000 : !isRunning(pid);
}

/** Removes the temporary files of a target whose savers were killed. What cannot be removed stays. */
export async function removeOrphans(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => []);
  const prefix = prefixOf(target);
  for (const name of names.filter((found) => found.startsWith(prefix))) {
    const [, host, pid] = /^([0-9a-f]{16})-(\d+)-[-0-9a-f]{36}\.tmp$/.exec(name.slice(prefix.length)) ?? [];
    if (host === undefined) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && isOrphan(host, Number(pid), found.mtimeMs)) await rm(path).catch(() => undefined);
  }
}

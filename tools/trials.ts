// SPDX-License-Identifier: Apache-2.0
// Every optimizer class there is, for the tools that measure, train or list all of them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Trials } from '@optim/testing';
import { root, workspacePackages } from './workspace.js';

/** The trials of one package; none where it has no `test/trial.ts`. */
export async function trialsOf(folder: string): Promise<Trials> {
  const file = join(folder, 'test', 'trial.ts');
  if (!existsSync(file)) return {};
  return ((await import(pathToFileURL(file).href)) as { trials: Trials }).trials;
}

/** The trials of all packages, by class. */
export async function loadTrials(from: string = root): Promise<Trials> {
  const found = await Promise.all(workspacePackages(from).map(({ folder }) => trialsOf(folder)));
  const entries = found.flatMap((trials) => Object.entries(trials));
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

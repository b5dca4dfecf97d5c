// SPDX-License-Identifier: Apache-2.0

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeState } from '../src/index.js';
import { loadStateFile, saveStateFile } from '../src/node.js';
import { stateOfSize } from './saving-forever.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optim-save-'));
  path = join(folder, 'state.safetensors');
});

afterEach(() => rm(folder, { recursive: true }));

it('saves to a file and loads from it', async () => {
  const state = stateOfSize(1000, 7);
  await saveStateFile(path, state);
  expect(await loadStateFile(path)).toEqual(state);
  await saveStateFile(path, stateOfSize(3, 8));
  expect(await loadStateFile(path)).toEqual(stateOfSize(3, 8));
  expect(await readdir(folder)).toEqual(['state.safetensors']);
});

it('leaves one of the states whole when many are saved at once', async () => {
  const states = [1, 2, 3, 4, 5, 6].map((step) => stateOfSize(10_000, step));
  await Promise.all(states.map((state) => saveStateFile(path, state)));
  expect(states).toContainEqual(await loadStateFile(path));
  expect(await readdir(folder)).toEqual(['state.safetensors']);
});

it('leaves the old file, and nothing beside it, when it cannot save', async () => {
  await saveStateFile(path, stateOfSize(3, 1));
  const broken = { ...stateOfSize(3, 2), hyperparameters: { n: 1n } };
  await expect(saveStateFile(path, broken)).rejects.toThrow(TypeError);
  await expect(saveStateFile(join(folder, 'none', 'state'), stateOfSize(3, 2))).rejects.toThrow('ENOENT');
  expect(await loadStateFile(path)).toEqual(stateOfSize(3, 1));
  expect(await readdir(folder)).toEqual(['state.safetensors']);
});

it('says what is wrong with a file', async () => {
  await expect(loadStateFile(path)).rejects.toThrow('ENOENT');
  await writeFile(path, encodeState(stateOfSize(10, 1)).subarray(0, 50));
  await expect(loadStateFile(path)).rejects.toThrow(
    /^optimizer state: truncated: the header needs \d+ bytes, the file has 50$/,
  );
  await writeFile(path, 'PK\u0003\u0004 a zip file, not a state');
  await expect(loadStateFile(path)).rejects.toThrow(
    new TypeError('optimizer state: the length of the header is impossible; this is not a safetensors file'),
  );
});

it('leaves a whole file when the process is killed while it saves', { timeout: 60_000 }, async () => {
  const script = fileURLToPath(new URL('saving-forever.ts', import.meta.url));
  const sizes = [400_000, 600_000];
  const killed = async (after: number): Promise<void> => {
    const file = `${path}.${after}`;
    const child = fork(script, [file, ...sizes.map(String)], {
      execArgv: ['--import', 'tsx', '--conditions=@optim/source'],
    });
    await once(child, 'message'); // it has saved once
    await setTimeout(after);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const state = await loadStateFile(file);
    expect(state).toEqual(stateOfSize(sizes[state.step % 2]!, state.step));
  };
  await Promise.all([5, 40].map(killed));
});

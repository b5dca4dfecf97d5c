// SPDX-License-Identifier: Apache-2.0

import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdtemp,
  mkdir,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeState } from '../src/index.js';
import { loadStateFile, saveStateFile } from '../src/node.js';
import { temporaryFor } from '../src/temporary.js';
import { transfer } from '../src/transfer.js';
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

it('keeps the mode of a file, and gives a new one the usual mode', async () => {
  await writeFile(join(folder, 'usual'), '');
  await saveStateFile(path, stateOfSize(3, 1));
  const mode = async (of: string): Promise<number> => (await stat(of)).mode & 0o777;
  expect(await mode(path)).toBe(await mode(join(folder, 'usual')));
  for (const kept of [0o600, 0o640, 0o444]) {
    await chmod(path, kept);
    await saveStateFile(path, stateOfSize(3, kept));
    expect(await mode(path)).toBe(kept);
  }
  expect(await loadStateFile(path)).toEqual(stateOfSize(3, 0o444));
});

it('keeps the owner of a file where the system lets it: root may give files away', async () => {
  const [uid, gid] = process.getuid!() === 0 ? [1234, 4321] : [process.getuid!(), process.getgid!()];
  await writeFile(path, '');
  await chown(path, uid, gid);
  await chmod(path, 0o640);
  await saveStateFile(path, stateOfSize(3, 1));
  const { mode, ...owner } = await stat(path);
  expect([owner.uid, owner.gid, mode & 0o777]).toEqual([uid, gid, 0o640]);
});

it('writes the file that symbolic links lead to', async () => {
  await mkdir(join(folder, 'there'));
  const target = join(folder, 'there', 'state');
  await symlink(join('there', 'state'), join(folder, 'inner'));
  await symlink('inner', path);
  for (const step of [1, 2]) {
    await saveStateFile(path, stateOfSize(3, step)); // at first it leads nowhere
    expect(await readlink(path)).toBe('inner');
    expect(await loadStateFile(target)).toEqual(stateOfSize(3, step));
  }
  expect(await readdir(join(folder, 'there'))).toEqual(['state']);
  await symlink('loop', join(folder, 'loop'));
  await expect(saveStateFile(join(folder, 'loop'), stateOfSize(3, 1))).rejects.toThrow('lead nowhere');
});

it('replaces nothing that is no file', async () => {
  await mkdir(path);
  await expect(saveStateFile(path, stateOfSize(3, 1))).rejects.toThrow(
    `saveStateFile: "${path}" must be a file`,
  );
  expect(await readdir(folder)).toEqual(['state.safetensors']);
});

it('saves under the longest names', async () => {
  const long = join(folder, 'n'.repeat(255));
  await saveStateFile(long, stateOfSize(3, 1));
  expect(await loadStateFile(long)).toEqual(stateOfSize(3, 1));
});

it('removes what killed savers of the same file left, and nothing else', async () => {
  const gone = fork(fileURLToPath(new URL('saving-forever.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx', '--conditions=@optim/source'],
  });
  await once(gone, 'exit');
  const of = (pid: number, target = path): string =>
    temporaryFor(target).replace(`-${process.pid}-`, `-${pid}-`);
  const foreign = (file: string): string => file.replace(/-[0-9a-f]{16}-(\d+)-/, '-0123456789abcdef-$1-');
  const old = new Date(Date.now() - 7200e3);
  const removed = [of(gone.pid!), of(process.ppid), foreign(of(gone.pid!)), of(process.pid)];
  const kept = [
    of(process.pid),
    of(process.ppid),
    foreign(of(gone.pid!)),
    of(gone.pid!, `${path}2`),
    `${path}.tmp`,
    `${of(gone.pid!)}x`,
  ];
  for (const file of [...removed, ...kept]) await writeFile(file, '');
  for (const file of [...removed.slice(1), `${path}.tmp`]) await utimes(file, old, old);
  await saveStateFile(path, stateOfSize(3, 1));
  const left = (await readdir(folder)).map((name) => join(folder, name));
  expect(left.sort()).toEqual([path, ...kept].sort());
});

it('refuses what it could not read before anything is written', async () => {
  await saveStateFile(path, stateOfSize(3, 1));
  const [w] = stateOfSize(3, 2).parameters;
  const twice = { ...stateOfSize(3, 2), parameters: [w!, w!] };
  await expect(saveStateFile(path, twice)).rejects.toThrow('must have different names');
  expect(await loadStateFile(path)).toEqual(stateOfSize(3, 1));
});

it('writes what encodeState gives, in pieces of any size, and reads it so', async () => {
  const state = stateOfSize(1000, 5);
  await saveStateFile(path, state);
  expect(new Uint8Array(await readFile(path))).toEqual(encodeState(state));
  const source = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  const buffers = [0, 1, 1000, 0, 1500, 3, 0].map((length) => new Uint8Array(length));
  for (const limit of [7, 1000, 10_000]) {
    buffers.forEach((buffer) => buffer.fill(0));
    let most = 0;
    // As a file that gives three quarters of what is asked for.
    await transfer(
      buffers,
      100,
      (parts, at) => {
        const asked = parts.reduce((sum, { length }) => sum + length, 0);
        most = Math.max(most, asked);
        const given = Math.ceil(asked * 0.75);
        let moved = 0;
        for (const part of parts) {
          const count = Math.min(part.length, given - moved);
          part.set(source.subarray(at + moved, at + moved + count));
          moved += count;
        }
        return Promise.resolve(moved);
      },
      limit,
    );
    expect(most).toBe(Math.min(limit, 2504));
    expect(Buffer.concat(buffers)).toEqual(Buffer.from(source.subarray(100, 2604)));
  }
  await expect(transfer(buffers, 9, () => Promise.resolve(0))).rejects.toThrow('the file ends at byte 9');
});

it('takes many small slots', async () => {
  const [w] = stateOfSize(3, 2).parameters;
  const parameters = Array.from({ length: 2500 }, (_, i) => ({ ...w!, name: `w${i}` }));
  const state = { ...stateOfSize(3, 2), parameters };
  await saveStateFile(path, state);
  expect(await loadStateFile(path)).toEqual(state);
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
    await saveStateFile(file, state);
  };
  await Promise.all([5, 40].map(killed));
  expect((await readdir(folder)).sort()).toEqual([40, 5].map((after) => `state.safetensors.${after}`));
});

it('refuses paths that no system has, and what is no file, by name', async () => {
  const state = stateOfSize(10, 1);
  for (const [wrong, got] of [
    [5, '5'],
    [null, 'null'],
    [{ path }, 'an object (Object)'],
  ] as const) {
    const refusal = new TypeError(`saveStateFile: the path must be a string, got ${got}`);
    await expect(saveStateFile(wrong as unknown as string, state)).rejects.toThrow(refusal);
    await expect(loadStateFile(wrong as unknown as string)).rejects.toThrow(
      /^loadStateFile: the path must be/,
    );
  }
  for (const wrong of ['', 'a\0b', 'x'.repeat(5000)]) {
    await expect(saveStateFile(wrong, state)).rejects.toThrow(RangeError);
    await expect(loadStateFile(wrong)).rejects.toThrow(
      /^loadStateFile: the path must have 1 to 4096 characters/,
    );
  }
  await expect(loadStateFile(folder)).rejects.toThrow(`loadStateFile: "${folder}" must be a file`);
  expect(await readdir(folder)).toEqual([]);
  // A pipe without a writer, whose opening would wait for one.
  execFileSync('mkfifo', [path]);
  await expect(loadStateFile(path)).rejects.toThrow(`loadStateFile: "${path}" must be a file`);
});

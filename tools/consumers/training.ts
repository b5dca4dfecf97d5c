// SPDX-License-Identifier: Apache-2.0
// Trainings as people do them, from the packed packages: killed and resumed, in Node and in a page, and begun in Python.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright';
import { root } from '../workspace.js';
import { bundle } from './bundle.js';
import { assertBrowser, open, until } from './page.js';
import type { Case, Place } from './place.js';
import { run, tfjs } from './project.js';
import { trainingFiles } from './training-programs.js';

/** What is installed there. */
const wanted = ['adamw', 'callbacks', 'exchange', 'hooks', 'schedulefree'].map((name) => `@optim/${name}`);

/** What has to be published for it. */
export const published: readonly string[] = wanted.map((name) => `${name}...`);

const fixtures = ['torch-AdamW.json', 'torch-AdamW.safetensors', 'keras-AdamW.json', 'keras-AdamW.npz'];

/** What a session tells at its end. */
interface Session {
  readonly initialEpoch: number;
  readonly weights: readonly number[];
  readonly best: { readonly value: number; readonly epoch: number; readonly weights: readonly number[] };
}

/** More epochs than a session can do before it is killed. */
const forever = 1_000_000;

/** The project, which the first case makes. */
function projectOf({ published: packages }: Place): string {
  const folder = join(packages.folder, 'training');
  if (existsSync(folder)) return folder;
  packages.project('training', [...tfjs(), ...wanted], trainingFiles);
  for (const name of fixtures)
    copyFileSync(join(root, 'packages/exchange/test/fixtures', name), join(folder, name));
  return folder;
}

/** Throws unless a training that was killed has ended as one that was not. */
function assertSame(resumed: Session, whole: Session, killedAfter: number): void {
  if (resumed.initialEpoch < killedAfter)
    throw new Error(`was resumed at epoch ${resumed.initialEpoch}, although ${killedAfter} had been saved`);
  const count = 8 * 2 + 8 + 4 * 8 + 8 + 1;
  if (whole.initialEpoch !== 0 || whole.weights.length !== count)
    throw new Error(`is no whole training: ${JSON.stringify(whole)}`);
  if (!isDeepStrictEqual({ ...resumed, initialEpoch: 0 }, whole))
    throw new Error(`is another training: ${JSON.stringify(resumed)}, not ${JSON.stringify(whole)}`);
}

/** Starts a session that has no end, and kills it after some epochs; how many it had told of. */
async function killed(project: string, folder: string): Promise<number> {
  const child = spawn(process.execPath, ['session.mjs', folder, String(forever)], { cwd: project });
  let epoch = 0;
  for await (const line of createInterface(child.stdout)) {
    epoch = Number(line.replace('epoch ', ''));
    if (epoch >= 3) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return epoch;
}

async function inNode(place: Place): Promise<void> {
  const project = projectOf(place);
  const epoch = await killed(project, 'killed');
  const session = (folder: string): Session => {
    const lines = run(process.execPath, ['session.mjs', folder, String(epoch + 40)], project);
    return JSON.parse(lines.trim().split('\n').at(-1)!) as Session;
  };
  const resumed = session('killed');
  // The last one told of may not have been saved yet.
  assertSame(resumed, session('whole'), epoch - 1);
}

async function inPage(place: Place): Promise<void> {
  assertBrowser();
  const project = projectOf(place);
  const out = join(project, 'vite');
  if (!existsSync(out)) await bundle(project, 'vite');
  type Told = { epoch?: number; result?: Session | string };
  const at = (tab: Page, store: string, epochs: number): string =>
    new URL(`?store=${store}&epochs=${epochs}`, tab.url()).href;
  await open(out, 'index.html?store=killed&epochs=1000000', async (tab) => {
    const told = (): number | string | undefined => {
      const { epoch = 0, result } = globalThis as Told;
      return typeof result === 'string' ? result : epoch >= 3 ? epoch : undefined;
    };
    const epoch = await until(tab, told);
    if (typeof epoch === 'string') throw new Error(epoch);
    const [context, here] = [tab.context(), at(tab, 'killed', epoch + 40)];
    const whole = at(tab, 'whole', epoch + 40);
    // As when the browser ends its process: nothing of the page runs any more.
    const crashed = tab.waitForEvent('crash');
    void tab.goto('chrome://crash').catch(() => undefined);
    await crashed;
    const session = async (address: string): Promise<Session> => {
      const next = await context.newPage();
      await next.goto(address);
      const result = await until(next, () => (globalThis as Told).result);
      if (typeof result === 'string') throw new Error(result);
      return result;
    };
    assertSame(await session(here), await session(whole), epoch - 1);
  });
}

/** What TensorFlow.js says of itself in Node. */
const banner = /=+\nHi, looks like [^\n]*\n=+/;

/** A program that asserts what it says nothing of. */
function silent(name: string, script: string): Case {
  return {
    name,
    run(place) {
      const said = run(process.execPath, [script], projectOf(place), { CI: 'true' }, 'both');
      if (said.replace(banner, '').trim() !== '') throw new Error(`${script} is not silent: ${said}`);
    },
  };
}

export const trainings: readonly Case[] = [
  { name: '@optim/callbacks, Node: a killed process goes on bit for bit', run: inNode },
  { name: '@optim/callbacks, page: a killed tab goes on bit for bit', run: inPage },
  silent('@optim/callbacks, Node: each part, and no progress bar in CI', 'parts.mjs'),
  silent('@optim/exchange, Node: trainings of PyTorch and Keras go on', 'exchange.mjs'),
];

// SPDX-License-Identifier: Apache-2.0

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdamW } from '@optim/adamw';
import { decodeState, encodeState, type StateDict } from '@optim/core';
import { loadStateFile, saveStateFile } from '@optim/core/node';
import * as tf from '@tensorflow/tfjs-core';
import type { Attack } from '../attack.js';
import { hostile, type Hostile } from '../hostile.js';
import type { Judge } from '../judge.js';
import type { Random } from '../random.js';
import { make, seen, train, variables, assign } from '../subjects.js';

type Kind = (bytes: Uint8Array, random: Random) => [attack: string, what: string, bytes: Uint8Array];

/** Where the numbers begin. */
const startOf = (bytes: Uint8Array): number =>
  8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));

function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[place] = copy[place]! ^ (1 << bit);
  return copy;
}

/** Ways to damage a file in the safetensors layout. */
export const kinds: readonly Kind[] = [
  (bytes, random) => {
    const length = random.below(bytes.length);
    return ['bytes: truncated', `to ${length}`, bytes.slice(0, length)];
  },
  (bytes, random) => {
    const more = Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256));
    return ['bytes: extended', `by ${more.length}`, Uint8Array.from([...bytes, ...more])];
  },
  (bytes, random) => {
    const [place, bit] = [random.below(startOf(bytes)), random.below(8)];
    return ['bytes: a bit of the header', `${place}, ${bit}`, flipped(bytes, place, bit)];
  },
  (bytes, random) => {
    const start = startOf(bytes);
    const [place, bit] = [start + random.below(bytes.length - start), random.below(8)];
    return ['bytes: a bit of the numbers', `${place}, ${bit}`, flipped(bytes, place, bit)];
  },
  (bytes, random) => {
    const [from, to, length] = [random.below(bytes.length), random.below(bytes.length), 1 + random.below(60)];
    const copy = bytes.slice();
    copy.set(bytes.slice(from, from + Math.min(length, bytes.length - to)), to);
    return ['bytes: a piece over another', `${from} to ${to}, ${length}`, copy];
  },
  (_, random) => {
    const copy = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
    return ['bytes: random', `${copy.length}`, copy];
  },
];

/** Files that are damaged, as bytes: read, and where they can be read, loaded. */
export const attackBytes: Attack = async (subject, judge, random, tries) => {
  const { name, names } = subject;
  const of = variables();
  const optimizer = make(subject);
  for (let t = 0; t < 2; t++) train(subject, optimizer, of);
  const state = await optimizer.stateDict();
  const values = of.map((x) => [...x.dataSync()]);
  const bytes = encodeState(state);
  for (let i = 0; i < tries; i++) {
    const [attack, what, wrong] = kinds[i % kinds.length]!(bytes, random);
    await judge.judge({
      attack,
      what: `${name}: ${what}`,
      names: [...names, 'optimizer state'],
      call: () => optimizer.loadStateDict(decodeState(wrong)),
      seen: () => seen(optimizer, of),
      taken: async () => {
        try {
          train(subject, optimizer, of);
        } finally {
          await optimizer.loadStateDict(state);
          assign(of, values);
        }
      },
    });
  }
  optimizer.dispose();
  tf.dispose(of);
};

/** Paths and files on disk. */
export async function attackFiles(judge: Judge, random: Random, tries: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'attack-'));
  const of = variables();
  const optimizer = new AdamW();
  optimizer.minimize(() => tf.sum(of[0]!), false, of);
  const state = await optimizer.stateDict();
  optimizer.dispose();
  tf.dispose(of);
  const good = join(folder, 'good');
  await saveStateFile(good, state);
  const bytes = readFileSync(good);
  mkdirSync(join(folder, 'folder'));
  symlinkSync(join(folder, 'round'), join(folder, 'round'));
  const paths: Hostile[] = [
    ...hostile().filter(([, value]) => typeof value !== 'string'),
    ['nothing', ''],
    ['a zero', 'a\0b'],
    ['a folder', join(folder, 'folder')],
    ['a missing folder', join(folder, 'missing', 'file')],
    ['a folder that is a file', join(good, 'file')],
    ['a link to itself', join(folder, 'round')],
    ['a long name', join(folder, 'x'.repeat(5000))],
  ];
  const names = ['saveStateFile', 'loadStateFile', folder, 'optimizer state'];
  const whole = (): unknown => [
    readFileSync(good).equals(bytes),
    readdirSync(folder).filter((name) => name !== 'bad'),
  ];
  for (const [what, path] of paths) {
    await judge.judge({
      attack: 'files',
      what: `save to ${what}`,
      names,
      call: () => saveStateFile(path as string, state),
    });
    await judge.judge({
      attack: 'files',
      what: `load from ${what}`,
      names,
      call: () => loadStateFile(path as string),
    });
  }
  for (const [what, value] of hostile()) {
    await judge.judge({
      attack: 'files',
      what: `save ${what}`,
      names,
      call: () => saveStateFile(good, value as StateDict),
      seen: whole,
    });
  }
  const bad = join(folder, 'bad');
  for (let i = 0; i < tries; i++) {
    const [attack, what, wrong] = kinds[i % kinds.length]!(bytes, random);
    writeFileSync(bad, wrong);
    await judge.judge({
      attack: 'files',
      what: `${attack}, ${what}`,
      names,
      call: () => loadStateFile(bad),
      seen: whole,
    });
  }
  rmSync(folder, { recursive: true });
}

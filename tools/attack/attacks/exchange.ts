// SPDX-License-Identifier: Apache-2.0
// Files of PyTorch and Keras, damaged, and whatever else stands beside them.

import { readdirSync, readFileSync } from 'node:fs';
import type { StateDict } from '@optim/core';
import * as exchange from '../../../packages/exchange/src/index.js';
import { kerasClasses } from '../../../packages/exchange/src/keras-classes.js';
import { torchClasses } from '../../../packages/exchange/src/torch-classes.js';
import { changed, gone, hostile, placesIn } from '../hostile.js';
import type { Judge } from '../judge.js';
import type { Random } from '../random.js';
import { kinds } from './bytes.js';
import { longTexts, textOf } from './texts.js';

type Given = (...given: unknown[]) => unknown;

const {
  fromTorch,
  fromKeras,
  toTorch,
  toKeras,
  readSafetensors,
  writeSafetensors,
  readNpz,
  writeNpz,
  readHdf5,
} = exchange as unknown as Readonly<Record<string, Given>>;
const { kerasEpsilon, kerasRelativeRate } = exchange as unknown as Readonly<Record<string, Given>>;

const folder = new URL('../../../packages/exchange/test/fixtures/', import.meta.url);

/** A file, and what reads it. */
interface Subject {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly from: Given;
  readonly to: Given;
  readonly target: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly state: StateDict;
}

const targets = [...new Set([...Object.keys(torchClasses), ...Object.keys(kerasClasses)])];

/** The recorded trainings, each with the first class that takes it. */
function subjects(): Subject[] {
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.json'))
    .flatMap((file): Subject[] => {
      const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
      const json = readFileSync(new URL(file.replace(/\..*/, '.json'), folder), 'utf8');
      const { names, config, variables } = JSON.parse(json) as Record<string, unknown>;
      const parameters = Object.fromEntries((names as string[]).map((name) => [name, `mine/${name}`]));
      const isTorch = file.startsWith('torch');
      const [from, to] = isTorch ? [fromTorch!, toTorch!] : [fromKeras!, toKeras!];
      const own = file.endsWith('.keras') ? {} : { config, ...(file.endsWith('.npz') && { variables }) };
      const given = { parameters, ...(!isTorch && own) };
      for (const target of targets) {
        try {
          const { state } = from(bytes, target, given) as { state: StateDict };
          return [{ file, bytes, from, to, target, given, state }];
        } catch {
          // The next one.
        }
      }
      return [];
    });
}

type Call = readonly [name: string, what: string, call: () => unknown];

/** Anything in place of what stands beside a file, and of what is written. */
function* beside({ file, bytes, from, to, target, given, state }: Subject): Generator<Call> {
  const name = from.name;
  for (const [what, value] of hostile()) {
    yield [name, `${file}: bytes: ${what}`, () => from(value, target, given)];
    yield [name, `${file}: target: ${what}`, () => from(bytes, value, given)];
    yield [name, `${file}: className: ${what}`, () => from(bytes, { className: value }, given)];
    yield [to.name, `${file}: exchange: ${what}`, () => to(state, value)];
    for (const path of placesIn({ step: 1, ...given }))
      yield [
        name,
        `${file}: ${path.join('.')}: ${what}`,
        () => from(bytes, target, changed({ step: 1, ...given }, path, value)),
      ];
    yield [
      name,
      `${file}: exchange.stranger: ${what}`,
      () => from(bytes, target, { ...given, stranger: value }),
    ];
    for (const path of placesIn({ ...given, parameterGroups: [{ match: /./ }] }))
      yield [
        to.name,
        `${file}: ${path.join('.')}: ${what}`,
        () => to(state, changed({ ...given, parameterGroups: [{ match: /./ }] }, path, value)),
      ];
    for (const path of placesIn(state)) {
      yield [
        to.name,
        `${file}: state ${path.join('.')}: ${what}`,
        () => to(changed(state, path, value), given),
      ];
      yield [
        to.name,
        `${file}: state without ${path.join('.')}`,
        () => to(changed(state, path, gone), given),
      ];
    }
  }
}

/** A file of PyTorch that says something else at a place. */
function* within({ file, bytes, from, target, given }: Subject): Generator<Call> {
  const { tensors, metadata } = readSafetensors!(bytes) as {
    tensors: Map<string, object>;
    metadata: Record<string, string>;
  };
  const groups = JSON.parse(metadata['param_groups']!) as unknown;
  for (const [what, text] of longTexts)
    for (const key of Object.keys(metadata))
      yield [
        from.name,
        `${file}: ${key}: ${what}`,
        () => from(writeSafetensors!({ tensors, metadata: { ...metadata, [key]: text } }), target, given),
      ];
  for (const [what, value] of hostile()) {
    for (const path of placesIn(groups)) {
      const text = textOf(changed(groups, path, value));
      const written = { ...metadata, param_groups: text };
      if (text !== undefined)
        yield [
          from.name,
          `${file}: param_groups.${path.join('.')}: ${what}`,
          () => from(writeSafetensors!({ tensors, metadata: written }), target, given),
        ];
    }
    for (const key of Object.keys(metadata))
      yield [
        from.name,
        `${file}: ${key}: ${what}`,
        () => from(writeSafetensors!({ tensors, metadata: { ...metadata, [key]: value } }), target, given),
      ];
    for (const key of tensors.keys()) {
      for (const place of ['dtype', 'shape', 'data'])
        yield [
          'writeSafetensors',
          `${key}.${place}: ${what}`,
          () => {
            const tensor = { ...tensors.get(key)!, [place]: value };
            return from(
              writeSafetensors!({ tensors: new Map([...tensors, [key, tensor]]), metadata }),
              target,
              given,
            );
          },
        ];
    }
  }
}

/** The files themselves. */
function* files(all: readonly Subject[]): Generator<Call> {
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) };
  const h5 = all.find(({ file }) => file.endsWith('.h5'))!.bytes;
  for (const [what, value] of hostile()) {
    for (const read of [readSafetensors!, readNpz!, readHdf5!])
      yield [read.name, what, () => read(value, 'optimizer/vars')];
    yield ['readHdf5', `group: ${what}`, () => readHdf5!(h5, value)];
    yield ['writeSafetensors', what, () => writeSafetensors!(value)];
    yield ['writeSafetensors', `tensors: ${what}`, () => writeSafetensors!({ tensors: value, metadata: {} })];
    yield [
      'writeSafetensors',
      `metadata: ${what}`,
      () => writeSafetensors!({ tensors: new Map(), metadata: value }),
    ];
    yield [
      'writeSafetensors',
      `a tensor: ${what}`,
      () => writeSafetensors!({ tensors: new Map([['x', value]]), metadata: {} }),
    ];
    yield [
      'writeSafetensors',
      `a name: ${what}`,
      () => writeSafetensors!({ tensors: new Map([[value, one]]), metadata: {} }),
    ];
    yield ['writeNpz', what, () => writeNpz!(value)];
    yield ['writeNpz', `a name: ${what}`, () => writeNpz!(new Map([[value, one]]))];
    yield ['writeNpz', `a tensor: ${what}`, () => writeNpz!(new Map([['x', value]]))];
    yield ['kerasEpsilon', what, () => kerasEpsilon!(value)];
    yield ['kerasRelativeRate', what, () => kerasRelativeRate!(value)];
  }
}

/** Files of any kind that are damaged; readers of the files and the files' meaning. */
export async function attackExchange(judge: Judge, random: Random, tries: number): Promise<void> {
  const all = subjects();
  const calls = [...files(all), ...random.some(all, 3).flatMap((subject) => [...beside(subject)])];
  for (const subject of random.some(
    all.filter(({ from }) => from === fromTorch),
    1,
  ))
    calls.push(...within(subject));
  const readers = [
    'readSafetensors',
    'readNpz',
    'readHdf5',
    'readZip',
    'writeSafetensors',
    'optimizer state',
  ];
  for (const [name, what, call] of random.some(calls, tries))
    await judge.judge({ attack: 'exchange', what: `${name}: ${what}`, names: [name, ...readers], call });
  for (let i = 0; i < tries; i++) {
    const { file, bytes, from, target, given } = all[random.below(all.length)]!;
    const [how, what, wrong] = kinds[i % kinds.length]!(
      file.endsWith('.safetensors') ? bytes : padded(bytes),
      random,
    );
    const cut = file.endsWith('.safetensors') ? wrong : wrong.subarray(8);
    await judge.judge({
      attack: `exchange, ${how}`,
      what: `${file}: ${what}`,
      names: [from.name, ...readers],
      call: () => from(cut, target, given),
    });
  }
}

/** A file of another layout behind the length of a header that is half of it. */
function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(8 + bytes.length);
  new DataView(all.buffer).setBigUint64(0, BigInt(bytes.length >> 1), true);
  all.set(bytes, 8);
  return all;
}

// SPDX-License-Identifier: Apache-2.0
// Rounds over several machines: options, messages, global states, and what there is for loops of one's own.

import { isDeepStrictEqual } from 'node:util';
import { AdamW } from '@optim/adamw';
import * as tf from '@tensorflow/tfjs-core';
import { encodeGlobal, loadGlobal } from '../../../packages/distributed/src/global-state.js';
import { averageWeights, onParametersReplaced, outerStep } from '../../../packages/distributed/src/index.js';
import { messageOf, noteOf, recordOf } from '../../../packages/distributed/src/messages.js';
import { settingsOf } from '../../../packages/distributed/src/options.js';
import { readNumbers, trainedOf } from '../../../packages/distributed/src/trained.js';
import { changed, gone, hostile, placesIn } from '../hostile.js';
import { Wrong, type Judge } from '../judge.js';
import type { Random } from '../random.js';
import { assign, variables } from '../subjects.js';
import { kinds } from './bytes.js';
import { longTexts, textOf } from './texts.js';

type Given = (...given: unknown[]) => unknown;
type Call = readonly [name: string, what: string, call: () => unknown];

/** What a user gives. */
function* given(of: readonly tf.Variable[], optimizer: AdamW, outer: AdamW): Generator<Call> {
  const [x] = of as [tf.Variable];
  const right = {
    connection: { subscribe: (): undefined => undefined },
    run: 'run',
    optimizer,
    outer,
    variables: [...of],
    localSteps: 1,
    quorum: 1,
    timeout: 1000,
    precision: 'float32',
    onReplaced: 'keep',
    worker: 'a',
    onRound: null,
  };
  const [settle, step, average, replace] = [
    settingsOf,
    outerStep,
    averageWeights,
    onParametersReplaced,
  ] as Given[];
  for (const [what, value] of hostile()) {
    const options = (more: object): unknown => settle!({ ...right, ...more });
    yield ['distributedRounds', what, () => settle!(value ?? null)];
    for (const option of Object.keys(right))
      yield ['distributedRounds', `${option}: ${what}`, () => options({ [option]: value })];
    yield ['distributedRounds', `in variables: ${what}`, () => options({ variables: [x, value] })];
    yield ['distributedRounds', `named variables: ${what}`, () => options({ variables: { x: value } })];
    const model = (layers: unknown): unknown => options({ variables: undefined, model: { layers } });
    yield ['distributedRounds', `model: ${what}`, () => options({ variables: undefined, model: value })];
    yield ['distributedRounds', `layers: ${what}`, () => model(value)];
    yield ['distributedRounds', `in layers: ${what}`, () => model([value])];
    yield ['distributedRounds', `weights: ${what}`, () => model([{ weights: value }])];
    yield ['distributedRounds', `in weights: ${what}`, () => model([{ weights: [value] }])];
    yield [
      'distributedRounds',
      `a weight: ${what}`,
      () => model([{ weights: [{ originalName: 'x', read: () => value }] }]),
    ];
    const averages = { [x.name]: x };
    yield ['outerStep', `optimizer: ${what}`, () => step!(value, of, averages)];
    yield ['outerStep', `variables: ${what}`, () => step!(optimizer, value, averages)];
    yield ['outerStep', `in variables: ${what}`, () => step!(optimizer, [value], averages)];
    yield ['outerStep', `averaged: ${what}`, () => step!(optimizer, of, value)];
    yield ['outerStep', `in averaged: ${what}`, () => step!(optimizer, of, { [x.name]: value })];
    yield ['outerStep', `a key: ${what}`, () => step!(optimizer, of, new Map([[value, x]]))];
    yield ['outerStep', `a value: ${what}`, () => step!(optimizer, of, new Map([[x, value]]))];
    yield ['averageWeights', `list: ${what}`, () => freed(average!(value))];
    yield ['averageWeights', `in list: ${what}`, () => freed(average!([averages, value]))];
    yield ['averageWeights', `a tensor: ${what}`, () => freed(average!([{ x: value }]))];
    yield ['averageWeights', `counts: ${what}`, () => freed(average!([averages], value))];
    yield ['averageWeights', `in counts: ${what}`, () => freed(average!([averages], [value]))];
    yield ['onParametersReplaced', `optimizer: ${what}`, () => replace!(value, 'keep')];
    yield ['onParametersReplaced', `optimizer to reset: ${what}`, () => replace!(value, 'reset')];
    yield ['onParametersReplaced', `mode: ${what}`, () => replace!(optimizer, value)];
  }
}

function freed(made: unknown): void {
  tf.dispose(made as tf.Tensor);
}

/** What comes from the broker: it fits, or is passed over. */
function* messages(of: readonly tf.Variable[]): Generator<Call> {
  const trained = trainedOf(undefined, of);
  const { names, shapes, sizes } = trained;
  const same = { run: 'run', round: 3, worker: 'a', start: 'f'.repeat(16) };
  const answer = { ...same, kind: 'answer', precision: 'float32', names, shapes };
  const data = new Uint8Array(4 * sizes.reduce((sum, size) => sum + size, 0));
  const record = { run: 'run', round: 3, start: same.start, counted: [{ seq: 5, worker: 'a' }] };
  const note = { run: 'run', round: 3, hash: same.start, pieces: 'x', size: 5 };
  const readers: readonly (readonly [what: string, header: object, read: (text: string) => unknown])[] = [
    ['messageOf', answer, (text) => messageOf(message(text, data), 'run', 3, trained)],
    [
      'messageOf in pieces',
      { ...answer, pieces: { name: 'x', hash: 'y' } },
      (text) => messageOf(message(text, data), 'run', 3, trained),
    ],
    ['recordOf', record, (text) => recordOf(new TextEncoder().encode(text), 'run', 3)],
    ['noteOf', note, (text) => noteOf(new TextEncoder().encode(text), 'run')],
  ];
  for (const [name, header, read] of readers) {
    const check = (text: string): void => {
      // Never throws, whatever it is.
      const found = attempt(() => read(text));
      if (typeof found !== 'object') throw new Wrong(`gives ${typeof found}`);
    };
    if (attempt(() => read(JSON.stringify(header))) === null)
      throw new Error(`attack: ${name} must take what is right`);
    for (const [what, text] of longTexts) {
      yield [name, what, () => check(text)];
      for (const key of Object.keys(header)) {
        const within = (): string =>
          JSON.stringify({ ...header, [key]: 0 }).replace(`"${key}":0`, `"${key}":${text}`);
        yield [name, `${key}: ${what}`, () => check(within())];
      }
    }
    for (const [what, value] of hostile())
      for (const path of placesIn(header)) {
        const text = textOf(changed(header, path, value)) ?? textOf(changed(header, path, gone))!;
        yield [name, `${path.join('.')}: ${what}`, () => check(text)];
      }
  }
}

/** A message whose header is any text. */
function message(text: string, data: Uint8Array): Uint8Array {
  const header = new TextEncoder().encode(text);
  const all = new Uint8Array(4 + header.length + data.length);
  new DataView(all.buffer).setUint32(0, header.length, true);
  all.set(header, 4);
  all.set(data, 4 + header.length);
  return all;
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw new Wrong(`throws ${String(error).slice(0, 200)}`);
  }
}

export async function attackDistributed(judge: Judge, random: Random, tries: number): Promise<void> {
  const of = variables();
  const [optimizer, outer] = [new AdamW(), new AdamW()];
  for (const each of [optimizer, outer]) each.minimize(() => tf.sum(of[0]!), false, of);
  const values = of.map((x) => [...x.dataSync()]);
  const states = [await optimizer.stateDict(), await outer.stateDict()] as const;
  const seen = async (): Promise<unknown> => [
    of.map((x) => [...x.dataSync()]),
    await optimizer.stateDict(),
    await outer.stateDict(),
  ];
  const restore = async (): Promise<void> => {
    if (isDeepStrictEqual(await seen(), [values, ...states])) return;
    await optimizer.loadStateDict(states[0]);
    await outer.loadStateDict(states[1]);
    assign(of, values);
  };
  for (const calls of [given(of, optimizer, outer), messages(of)])
    for (const [name, what, call] of random.some([...calls], tries)) {
      await judge.judge({
        attack: 'distributed',
        what: `${name}: ${what}`,
        names: [name, ...(name === 'distributedRounds' ? ['onParametersReplaced'] : ['AdamW'])],
        call,
        seen,
      });
      await restore();
    }
  const trained = trainedOf(undefined, of);
  const global = await encodeGlobal(3, trained, await readNumbers(trained), outer);
  for (let i = 0; i < tries; i++) {
    const [, what, wrong] = kinds[i % kinds.length]!(global, random);
    await judge.judge({
      attack: 'distributed, global states',
      what,
      names: ['distributedRounds', 'optimizer state', 'AdamW'],
      call: () => loadGlobal(wrong, 3, trained, outer),
      seen,
    });
    await restore();
  }
  for (const each of [optimizer, outer]) each.dispose();
  tf.dispose(of);
}

// SPDX-License-Identifier: Apache-2.0
// Callbacks: what they are given, their options, their states, and what a store gives back.

import { AdamW } from '@optim/adamw';
import { decodeState, encodeState, type StateDict } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { fileStore } from '../../../packages/callbacks/src/node.js';
import { hostile } from '../hostile.js';
import type { Judge, Try } from '../judge.js';
import type { Random } from '../random.js';
import { loss, variables } from '../subjects.js';
import {
  options,
  others,
  ran,
  storeOf,
  table,
  type Asked,
  type Given,
  type Scene,
} from './callback-scene.js';
import { aroundData, aroundReports } from './callback-states.js';

/** In place of what a callback stands around. */
function aroundTrainings({ model, loop }: Scene, ask: Asked): void {
  const store = storeOf(new Map());
  const over = (names: readonly string[], what: string, training: () => unknown): void => {
    for (const name of names)
      ask(
        what,
        name,
        () => {
          const given = name === 'checkpoint' || name === 'resume' ? [store] : [];
          return table[name]!(
            training(),
            ...given,
            ...(name === 'atEvaluationPoint' ? [() => 1] : [options[name]]),
          );
        },
        name === 'checkpoint' || name === 'evaluateAveraged' ? undefined : ran,
      );
  };
  const both = ['keepBest', 'earlyStopping', 'stopOnNonFinite', 'checkpoint', 'resume', 'atEvaluationPoint'];
  const grouping = ['noDecay', 'layerwiseGroups', 'layerConstraints'].filter((name) => name in table);
  for (const [what, value] of hostile()) {
    over([...both, ...grouping, 'refreshBatchNorm', 'evaluateAveraged'], what, () => value);
    over(both, `variables: ${what}`, () => ({ ...loop, variables: value }));
    over(both, `in variables: ${what}`, () => ({ ...loop, variables: [loop.variables[0], value] }));
    over(both, `optimizer: ${what}`, () => ({ ...loop, optimizer: value }));
    const { layers, optimizer } = model;
    over([...both, ...grouping], `layers: ${what}`, () => ({ layers: value, optimizer }));
    over([...both, ...grouping], `in layers: ${what}`, () => ({ layers: [layers[0], value], optimizer }));
    const layer = (weights: unknown): unknown => ({ getClassName: () => 'Dense', weights });
    over([...both, ...grouping], `weights: ${what}`, () => ({ layers: [layer(value)], optimizer }));
    over([...both, ...grouping], `in weights: ${what}`, () => ({ layers: [layer([value])], optimizer }));
    ask(`look: ${what}`, 'atEvaluationPoint', () => table['atEvaluationPoint']!(loop, value));
    ask(`store: ${what}`, 'checkpoint', () => table['checkpoint']!(loop, value));
    ask(`store: ${what}`, 'resume', () => table['resume']!(loop, value));
    ask(`optimizer: ${what}`, 'reduceOnPlateauCallback', () => table['reduceOnPlateauCallback']!(value), ran);
    ask(`optimizer: ${what}`, 'scheduleCallback', () => table['scheduleCallback']!(() => 0.1, value), ran);
    ask(
      `schedule: ${what}`,
      'scheduleCallback',
      () => table['scheduleCallback']!(value, loop.optimizer),
      ran,
    );
    ask(`folder: ${what}`, 'fileStore', () => (fileStore as Given)(value));
    ask(`database: ${what}`, 'indexedDBStore', () => table['indexedDBStore']!(value));
    ask(`optimizer: ${what}`, 'evaluateAveraged', () => {
      const end = table['evaluateAveraged']!(model, value ?? null) as () => void;
      try {
        tf.tidy(() => model.predict(tf.ones([1, 2])));
      } finally {
        end();
      }
    });
  }
}

/** In place of options. */
function aroundOptions({ model, loop }: Scene, ask: Asked): void {
  const first: Readonly<Record<string, readonly unknown[]>> = {
    progressBar: [],
    findLearningRate: [],
    layerwiseGroups: [model],
    checkpoint: [loop, storeOf(new Map())],
    resume: [loop, storeOf(new Map())],
    reduceOnPlateauCallback: [loop.optimizer],
    scheduleCallback: [() => 0.1, loop.optimizer],
  };
  for (const [name, good] of Object.entries(options)) {
    const make = (given: unknown): unknown => table[name]!(...(first[name] ?? [loop]), given);
    const more =
      name === 'findLearningRate' ? { optimizer: loop.optimizer, loss: () => loss(loop.variables) } : {};
    for (const [what, value] of hostile()) {
      ask(`options: ${what}`, name, () => make(value ?? null), ran);
      for (const option of Object.keys(good)) {
        if (option === 'callbacks')
          ask(`in callbacks: ${what}`, name, () => make({ callbacks: { x: value } }), ran);
        // A number of steps takes as long as it says.
        if (option === 'steps' && typeof value === 'number' && value > 1e3) continue;
        ask(`${option}: ${what}`, name, () => make({ ...good, ...more, [option]: value }), ran);
      }
    }
  }
}

/** Callbacks with anything in place of everything they are given. */
export async function attackCallbacks(judge: Judge, random: Random, tries: number): Promise<void> {
  const model = tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 2, inputShape: [2] }),
      tfl.layers.batchNormalization(),
      tfl.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: new AdamW(), loss: 'meanSquaredError' });
  const of = variables();
  const optimizer = new AdamW();
  const xs = tf.ones([4, 2]);
  const ys = tf.ones([4, 1]);
  optimizer.minimize(() => loss(of), false, of);
  await model.trainOnBatch(xs, ys);
  const loop = { variables: of, optimizer };
  const kept = new Map<string, StateDict>();
  await (table['checkpoint']!(loop, storeOf(kept)) as Record<string, Given>)['save']!(
    { epoch: 1, batch: 0 },
    0.5,
  );
  const state = decodeState(encodeState([...kept.values()][0]!));
  const all = [...of, ...model.weights.map((weight) => weight.read() as tf.Variable)];
  const before = all.map((x) => x.clone());
  const good = await optimizer.stateDict();
  const modelState = await (model.optimizer as unknown as AdamW).stateDict();
  const tried: Try[] = [];
  const ask: Asked = (what, name, call, taken) =>
    tried.push({
      attack: 'callbacks',
      what: `${name}: ${what}`,
      names: [name, 'AdamW', ...(others[name] ?? [])],
      call,
      seen: async () => [all.map((x) => [...x.dataSync()]), await optimizer.stateDict()],
      ...(taken && { taken }),
    });
  for (const around of [aroundTrainings, aroundOptions, aroundReports, aroundData])
    around({ model, loop, xs, ys, state }, ask);
  for (const each of random.some(tried, tries)) {
    await judge.judge(each);
    await optimizer.loadStateDict(good);
    await (model.optimizer as unknown as AdamW).loadStateDict(modelState);
    all.forEach((x, i) => x.assign(before[i]!));
  }
  model.optimizer.dispose();
  model.dispose();
  optimizer.dispose();
  tf.dispose([...of, ...before, xs, ys]);
}

// SPDX-License-Identifier: Apache-2.0
// Reductions on a plateau: they reach whatever rate is in force.

import { decodeState, encodeState } from '@optim/core';
import { freeOwned, own } from '@optim/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import {
  AdaBound,
  AdaFactor,
  AdamW,
  ASGD,
  exponential,
  linearWithWarmup,
  Lion,
  Lookahead,
  reduceOnPlateauCallback,
  SGDW,
} from '../src/index.js';

afterEach(freeOwned);

const one = (name: string): tf.Variable => own(tf.tidy(() => tf.variable(tf.tensor([1]), true, name)));
const step = (optimizer: tf.Optimizer, ...variables: tf.Variable[]): void =>
  tf.tidy(() => optimizer.applyGradients(variables.map(({ name }) => ({ name, tensor: tf.tensor([1]) }))));
const read = async (...variables: tf.Variable[]): Promise<number[]> =>
  Promise.all(variables.map(async (v) => (await v.data())[0]!));
const close = (...values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));
/** Two reports, the second of which reduces to a tenth. */
const plateau = (optimizer: object): void => {
  const callback = reduceOnPlateauCallback(optimizer, { monitor: 'loss', patience: 0, factor: 0.1 });
  callback.onTrainBegin();
  callback.onEpochEnd(0, { loss: 1 });
  callback.onEpochEnd(1, { loss: 1 });
};
const plain = { momentum: 0, weightDecay: 0 };

it('leaves a schedule as it is until the first reduction', async () => {
  const v = one('v');
  const rates = { maxLearningRate: 1, warmupSteps: 2, totalSteps: 10, initialLearningRate: 0.001 };
  const optimizer = own(new Lion({ learningRate: linearWithWarmup(rates), weightDecay: 0 }));
  reduceOnPlateauCallback(optimizer, { monitor: 'loss' }).onTrainBegin();
  for (let i = 0; i < 4; i++) step(optimizer, v);
  expect(await read(v)).toEqual(close(1 - (0.001 + 0.5005 + 1 + 0.875)));
});

it('reduces a schedule and the rates of all groups', async () => {
  const [emb, top] = [one('emb'), one('top')];
  const groups = [{ match: /emb/, learningRate: exponential({ learningRate: 0.02, gamma: 0.5 }) }];
  const optimizer = own(new AdamW({ learningRate: 0.2, weightDecay: 0, parameterGroups: groups }));
  plateau(optimizer);
  expect(optimizer.learningRate).toBeCloseTo(0.02, 10);
  step(optimizer, emb, top);
  expect(await read(emb, top)).toEqual(close(0.998, 0.98));
  step(optimizer, emb, top);
  expect(await read(emb, top)).toEqual(close(0.997, 0.96));
});

it('is saved, in a state and in a configuration, and ends with a rate that is set', async () => {
  const make = (): SGDW =>
    own(new SGDW({ ...plain, learningRate: 0.5, parameterGroups: [{ match: /b/, learningRate: 0.25 }] }));
  const optimizer = make();
  const [a, b] = [one('a'), one('b')];
  step(optimizer, a, b);
  plateau(optimizer);
  const state = await optimizer.stateDict();
  const again = make();
  await again.loadStateDict(state);
  const copy = own(SGDW.fromConfig(SGDW as never, JSON.parse(JSON.stringify(optimizer.getConfig()))) as SGDW);
  await copy.setWeights(await optimizer.getWeights());
  for (const each of [again, copy]) {
    a.assign(own(tf.tensor([1])));
    b.assign(own(tf.tensor([1])));
    step(each, a, b);
    expect(await read(a, b)).toEqual(close(0.95, 0.975));
  }
  again.learningRate = 0.5;
  expect(again.learningRate).toBe(0.5);
  step(again, a, b);
  expect(await read(a, b)).toEqual(close(0.45, 0.725));
  await again.loadStateDict(state);
  expect(again.learningRate).toBeCloseTo(0.05, 10);
  const wrong = { ...state, hyperparameters: { ...state.hyperparameters, learningRateScale: -1 } };
  await expect(again.loadStateDict(wrong)).rejects.toThrow(
    new RangeError('SGDW: learningRateScale must be in [0, ∞), got -1'),
  );
});

it('stays in what AdaBound settles when it is made', () => {
  const optimizer = own(new AdaBound({ learningRate: 0.1 }));
  optimizer.scaleLearningRate(0.5);
  const copy = own(AdaBound.fromConfig(AdaBound as never, optimizer.getConfig()) as AdaBound);
  expect(copy.learningRate).toBeCloseTo(0.05, 10);
});

it('goes through a wrapper to its base', async () => {
  const v = one('v');
  const optimizers = [() => new SGDW({ ...plain, learningRate: 0.5 }), () => tf.train.sgd(0.5)];
  for (const base of optimizers) {
    const optimizer = own(new Lookahead(base()));
    plateau(optimizer);
    v.assign(own(tf.tensor([1])));
    step(optimizer, v);
    expect(await read(v)).toEqual(close(0.95));
  }
});

it('goes on after loading, over schedules, groups and a frozen group, and reduces further', async () => {
  const make = (): SGDW =>
    own(
      new SGDW({
        ...plain,
        learningRate: linearWithWarmup({ maxLearningRate: 0.8, warmupSteps: 2, totalSteps: 10 }),
        parameterGroups: [
          { match: /emb/, learningRate: exponential({ learningRate: 0.4, gamma: 0.5 }) },
          { match: /half/, learningRateScale: 0.5 },
          { match: /still/, freeze: true },
        ],
      }),
    );
  const rates = linearWithWarmup({ maxLearningRate: 0.8, warmupSteps: 2, totalSteps: 10 });
  const names = ['top', 'emb', 'half', 'still'];
  const variables = names.map(one);
  /** How far each is moved by the step after so many, with this factor on all rates. */
  const moves = (step: number, factor: number): number[] => [
    factor * rates(step),
    factor * 0.4 * 0.5 ** step,
    factor * 0.5 * rates(step),
    0,
  ];
  const stepBy = async (optimizer: tf.Optimizer, wanted: readonly number[]): Promise<void> => {
    const before = await read(...variables);
    step(optimizer, ...variables);
    const after = await read(...variables);
    expect(before.map((value, i) => value - after[i]!)).toEqual(close(...wanted));
  };
  const wrapped = (base: SGDW): Lookahead => own(new Lookahead(base, { k: 100 }));
  for (const around of [(base: SGDW): SGDW => base, wrapped]) {
    const optimizer = around(make()) as SGDW;
    const callback = reduceOnPlateauCallback(optimizer, { monitor: 'loss', patience: 0, factor: 0.1 });
    callback.onTrainBegin();
    await stepBy(optimizer, moves(0, 1));
    await stepBy(optimizer, moves(1, 1));
    callback.onEpochEnd(0, { loss: 1 });
    callback.onEpochEnd(1, { loss: 1 });
    await stepBy(optimizer, moves(2, 0.1));
    const [state, plateauState] = [await optimizer.stateDict(), callback.plateau.getState()];

    const again = around(make()) as SGDW;
    await again.loadStateDict(decodeState(encodeState(state)));
    const resumed = reduceOnPlateauCallback(again, { monitor: 'loss', patience: 0, factor: 0.1 });
    resumed.plateau.setState(plateauState);
    resumed.onTrainBegin();
    await stepBy(again, moves(3, 0.1));
    // As bad as the best before: another reduction, in every group.
    resumed.onEpochEnd(2, { loss: 1 });
    await stepBy(again, moves(4, 0.01));
    again.learningRate = 0.25;
    await stepBy(again, [0.25, 0.4 * 0.5 ** 5, 0.125, 0]);
  }
});

it('reduces the rates of groups where that of the others is 0, whatever the smallest is', async () => {
  const [head, body] = [one('head'), one('body')];
  const parameterGroups = [{ match: /head/, learningRate: 0.5 }];
  const optimizer = own(new SGDW({ ...plain, learningRate: 0, parameterGroups }));
  const options = { monitor: 'loss', patience: 0, factor: 0.1, minLearningRate: 0.2, epsilon: 0.1 };
  const callback = reduceOnPlateauCallback(optimizer, options);
  for (let epoch = 0; epoch < 2; epoch++) callback.onEpochEnd(epoch, { loss: 1 });
  expect(callback.plateau.learningRate).toBe(0);
  step(optimizer, head, body);
  expect(await read(head, body)).toEqual(close(0.95, 1));
});

it('goes on around an optimizer of TensorFlow.js, whose rate is saved too', async () => {
  const v = one('v');
  const bases = [
    () => tf.train.sgd(0.5),
    () => tf.train.adam(0.5, 0, 0, 1e-9),
    () => tf.train.rmsprop(0.5, 0, 0, 1e-9),
  ];
  for (const base of bases) {
    const optimizer = own(new Lookahead(base(), { k: 100 }));
    step(optimizer, v);
    plateau(optimizer);
    const state = decodeState(encodeState(await optimizer.stateDict()));
    const again = own(new Lookahead(base(), { k: 100 }));
    await again.loadStateDict(state);
    expect(again.learningRate).toBeCloseTo(0.05, 10);
    v.assign(own(tf.tensor([1])));
    step(again, v);
    expect(await read(v)).toEqual(close(0.95));
    const wrong = { ...state, base: { ...state.base!, learningRate: -1 } };
    await expect(again.loadStateDict(wrong)).rejects.toThrow(
      new TypeError(`${again.base.getClassName()}: state dict: learningRate must be in [0, ∞), got -1`),
    );
    expect(again.learningRate).toBeCloseTo(0.05, 10);
  }
});

it('is made for a training that goes on below the smallest rate, and leaves that as it is', () => {
  const optimizer = own(new SGDW({ ...plain, learningRate: 0.05 }));
  const options = { monitor: 'loss', patience: 0, minLearningRate: 0.1 };
  const callback = reduceOnPlateauCallback(optimizer, options);
  callback.onTrainBegin();
  for (let epoch = 0; epoch < 3; epoch++) callback.onEpochEnd(epoch, { loss: 1 });
  expect(optimizer.learningRate).toBe(0.05);
  expect(() => reduceOnPlateauCallback(optimizer, { ...options, learningRate: 0.05 })).toThrow(
    new RangeError('reduceOnPlateauCallback: minLearningRate must be at most learningRate (0.05), got 0.1'),
  );
});

it('refuses where there is no rate to multiply, and factors out of range', () => {
  for (const [name, optimizer] of [
    ['AdaFactor', own(new AdaFactor())],
    ['ASGD', own(new ASGD())],
  ] as const) {
    expect(() => optimizer.scaleLearningRate(0.5)).toThrow(
      new TypeError(`${name}: has no learningRate to scale`),
    );
  }
  for (const factor of [-1, NaN, Infinity]) {
    expect(() => own(new AdamW()).scaleLearningRate(factor)).toThrow(
      new RangeError(`AdamW: the factor on the learning rate must be in [0, ∞), got ${factor}`),
    );
  }
});

// SPDX-License-Identifier: Apache-2.0
// Options that change while training goes on, and state that is forgotten.

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { round } from '../src/authoring.js';
import { probe } from './probe.js';
import { close, Heavy, Normed, read, step, variable } from './rules.js';

const free = (optimizer: tf.Optimizer, ...variables: tf.Variable[]): void => {
  optimizer.dispose();
  tf.dispose(variables);
};

it('takes options from the next step on; state stays, and a saved one has them', async () => {
  const v = variable('v', [0]);
  const optimizer = new Heavy({ learningRate: 1, momentum: 0.5 });
  step(optimizer, v); // m 1, p −1
  optimizer.set({ momentum: 0.25, learningRate: (t) => t });
  step(optimizer, v); // m 1.25, rate 1
  expect(await read(v)).toEqual(close(-2.25));
  optimizer.set({ learningRate: 0.5 });
  const resumed = new Heavy();
  await resumed.loadStateDict(await optimizer.stateDict());
  expect(resumed.inForce()).toMatchObject({ momentum: 0.25, learningRate: 0.5 });
  optimizer.set({ momentum: undefined as never });
  expect(optimizer.inForce().momentum).toBe(0.5);
  free(optimizer, v);
  resumed.dispose();
});

it('takes weight decay that there was none of before', async () => {
  const v = variable('v', [4]);
  const optimizer = new Heavy({ learningRate: 0.5, momentum: 0 });
  step(optimizer, v);
  expect(await read(v)).toEqual([3.5]);
  optimizer.set({ weightDecay: 1 });
  step(optimizer, v); // 3.5·(1 − 0.5) − 0.5
  expect(await read(v)).toEqual([1.25]);
  free(optimizer, v);
});

it('changes nothing when one of them is refused', () => {
  const optimizer = new Heavy({ learningRate: 0.5, momentum: 0.5 });
  const before = optimizer.inForce();
  const refused: [object, Error][] = [
    [{ learningRate: 1, momentum: 2 }, new RangeError('Heavy: momentum must be in [0, 1), got 2')],
    [
      { learningRate: 1, momentun: 0 },
      new TypeError('Heavy: unknown option "momentun" (did you mean "momentum"?)'),
    ],
    [
      { momentum: 0, weightDecayMode: 'coupled' },
      new TypeError('Heavy: weightDecayMode shapes the state or the step; make a new one with it'),
    ],
    [
      { momentum: 0, parameterGroups: [] },
      new TypeError('Heavy: parameterGroups shapes the state or the step; make a new one with it'),
    ],
  ];
  for (const [options, error] of refused) expect(() => optimizer.set(options)).toThrow(error);
  expect(optimizer.inForce()).toEqual(before);
  optimizer.dispose();
});

it('refuses numbers that make other slots or rounds, and takes those that do not', () => {
  const parts = {
    slots: ({ extra }: { extra: number | null }) => ({ m: extra !== 0 && ((param: never) => param) }),
    rounds: ({ extra }: { extra: number | null }) =>
      (extra ?? 0) > 1 && [round({ observe: () => ({}), combine: () => ({}) })],
  };
  const Probe = probe<'m'>({
    slots: parts.slots as never,
    rounds: ((options: never) => [(parts.rounds(options) || [false])[0]]) as never,
  });
  const optimizer = new Probe({ extra: 1 });
  optimizer.set({ extra: 0.5, learningRate: 2 });
  for (const extra of [0, 2])
    expect(() => optimizer.set({ learningRate: 3, extra })).toThrow(
      new TypeError('Probe: extra shapes the state or the step; make a new one with it'),
    );
  expect(optimizer.inForce()).toMatchObject({ extra: 0.5, learningRate: 2 });
  optimizer.dispose();
});

it('says what is in force for a variable, schedules evaluated', () => {
  const [bias, kernel] = [variable('bias', [1]), variable('kernel', [1])];
  const optimizer = new Heavy({
    learningRate: (t) => 1 / (t + 1),
    momentum: 0.5,
    parameterGroups: [{ match: /bias/, momentum: (t: number) => t / 4 }],
  });
  step(optimizer, bias, kernel);
  optimizer.scaleLearningRate(0.5);
  expect(optimizer.inForce()).toMatchObject({ learningRate: 0.25, momentum: 0.5, weightDecay: 0 });
  expect(optimizer.inForce(kernel).momentum).toBe(0.5);
  expect(optimizer.inForce(bias)).toMatchObject({ learningRate: 0.25, momentum: 0.25 });
  free(optimizer, bias, kernel);
});

it('forgets slots, globals, updates and the step count, or keeps that', async () => {
  for (const keepStep of [false, true]) {
    const v = variable('v', [0]);
    const optimizer = new Heavy({ learningRate: 1, momentum: 0.5 });
    for (let i = 0; i < 3; i++) step(optimizer, v);
    optimizer.reset({ keepStep });
    expect(optimizer.iterations).toBe(keepStep ? 3 : 0);
    expect((await optimizer.stateDict()).parameters).toEqual([]);
    const [before] = await read(v);
    step(optimizer, v); // m is 1 again
    expect(await read(v)).toEqual(close(before! - 1));
    expect((await optimizer.stateDict()).parameters[0]!.updates).toBe(1);
    free(optimizer, v);
  }
  const v = variable('v', [0]);
  const normed = new Normed();
  tf.tidy(() => normed.applyGradients({ v: tf.tensor1d([8]) }));
  expect(await normed.readGlobals()).toEqual({ longest: 8 });
  expect(() => normed.reset({ keepStp: true } as never)).toThrow(
    new TypeError('Normed: unknown option "keepStp" (did you mean "keepStep"?)'),
  );
  expect(() => normed.reset({ keepStep: 1 } as never)).toThrow(
    new TypeError('Normed: keepStep must be a boolean (true or false), got 1'),
  );
  expect(await normed.readGlobals()).toEqual({ longest: 8 });
  normed.reset();
  expect(await normed.readGlobals()).toEqual({ longest: 0 });
  free(normed, v);
  expect(() => normed.reset()).toThrow('Normed: the optimizer was disposed; make a new one');
});

it('gives options back, a plain function among them', () => {
  const learningRate = (t: number): number => 7 + t;
  const optimizer = new Heavy({ learningRate });
  const putBack = optimizer.keepOptions();
  optimizer.learningRate = 1;
  optimizer.scaleLearningRate(0.5);
  putBack();
  expect(optimizer.learningRate).toBe(7);
  optimizer.dispose();
});

it.each([1, 'x', null, new Map([['momentum', 0.1]]), () => ({ momentum: 0.1 })])(
  'sets nothing by what is no object of options: %s',
  (wrong) => {
    const optimizer = new Heavy({ momentum: 0.5 });
    expect(() => optimizer.set(wrong as never)).toThrow(/^Heavy: options must be an object, got /);
    expect(optimizer.inForce().momentum).toBe(0.5);
    optimizer.dispose();
  },
);

// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { AliG } from '@optim/alig';
import { COCOB } from '@optim/cocob';
import { Lion } from '@optim/lion';
import { Lookahead } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import { ScheduleFreeSGD } from '@optim/schedulefree';
import { Split, type SplitGroup, type SplitOptions } from '@optim/split';
import { conformance, freeOwned, goldenBase, goldenSuite, Momentum, own } from '@optim/testing';
import golden from '@optim/testing/golden/Split.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

/** A member as golden files describe it. */
function member(base: unknown): tf.Optimizer {
  const { optimizer, ...options } = base as { optimizer: string };
  return optimizer === 'Lion' ? new Lion(options) : goldenBase(base, (given) => new AdamW(given));
}

/** What a golden case says about a group. */
interface GoldenGroup {
  readonly match: { readonly minRank?: number; readonly names?: readonly string[] };
  readonly base: unknown;
}

goldenSuite<Split>(golden, ({ groups, rest }) => {
  const made = (groups as GoldenGroup[]).map(({ match: { minRank, names }, base }): SplitGroup => ({
    match: ({ name, rank }) => (names ? names.includes(name) : rank >= minRank!),
    optimizer: member(base),
  }));
  return new Split(member(rest), { groups: made });
});
conformance(
  (options) =>
    new Split(new AdamW(), {
      groups: [
        { match: /kernel|^x/, optimizer: new AdamW({ weightDecay: 0 }) },
        { match: /^bias$/, optimizer: new AdamW({ learningRate: 2e-3, beta1: 0.5 }) },
      ],
      ...options,
    }),
);

afterEach(freeOwned);

const weights = (name: string, ...values: number[]): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const step = (optimizer: tf.Optimizer, gradients: Record<string, number>): void =>
  tf.tidy(() => {
    const tensors = Object.entries(gradients).map(([name, value]) => [name, tf.tensor1d([value])] as const);
    optimizer.applyGradients(Object.fromEntries(tensors));
  });
const read = async (...variables: tf.Tensor[]): Promise<number[]> =>
  Promise.all(variables.map(async (variable) => (await variable.data())[0]!));
const sgd = (rate: number, momentum = 0): tf.Optimizer => new Momentum(rate, momentum);
const split = (base: tf.Optimizer, ...groups: SplitGroup[]): Split => own(new Split(base, { groups }));

describe('Split: who steps what', () => {
  it('gives a variable to the first group that matches, for good, and to the base otherwise', async () => {
    const [kernel, bias, scale] = [weights('kernel', 1), weights('bias', 1), weights('scale', 1)];
    const optimizer = split(
      sgd(1),
      { match: [/^bias$/, ({ name }) => name === 'none'], optimizer: sgd(0.5) },
      { match: /bias|kernel/, optimizer: sgd(0.25) },
    );
    step(optimizer, { kernel: 1, bias: 1, scale: 1 });
    expect(await read(kernel, bias, scale)).toEqual([0.75, 0.5, 0]);
    expect(optimizer.describe()).toEqual([
      { optimizer: 'Momentum', variables: ['scale'] },
      { optimizer: 'Momentum', variables: ['bias'] },
      { optimizer: 'Momentum', variables: ['kernel'] },
    ]);
  });

  it('lets an optimizer without gradients wait, and finds momentum of TensorFlow.js by variable', async () => {
    const [a1, a2, b] = [weights('a1', 0), weights('a2', 0), weights('b', 0)];
    const optimizer = split(new AdamW(), { match: /^a/, optimizer: sgd(1, 0.5) });
    step(optimizer, { a1: -1, a2: -2, b: 1 });
    step(optimizer, { a2: 0 });
    // 2, and half of it again; a1 rests.
    expect(await read(a1, a2)).toEqual([1, 3]);
    expect([optimizer.iterations, optimizer.base.iterations, optimizer.others[0]!.iterations]).toEqual([
      2, 1, 2,
    ]);
    const [before] = await read(b);
    optimizer.applyGradients({});
    expect([optimizer.iterations, ...(await read(b))]).toEqual([2, before]);
  });

  it('steps an optimizer of several groups once', async () => {
    const [a, b] = [weights('a', 0), weights('b', 0)];
    const shared = new AdamW({ learningRate: 0.5, weightDecay: 0 });
    const optimizer = split(sgd(1), { match: /a/, optimizer: shared }, { match: /b/, optimizer: 1 });
    expect(optimizer.others).toEqual([shared]);
    step(optimizer, { a: -1, b: -1 });
    expect(shared.iterations).toBe(1);
    for (const value of await read(a, b)) expect(value).toBeCloseTo(0.5, 6);
  });

  it('says that a step is half done when one refuses after another has stepped', () => {
    weights('a', 0);
    weights('b', 0);
    const refusing = sgd(1);
    refusing.applyGradients = () => {
      throw new Error('out of luck');
    };
    const optimizer = split(sgd(1), { match: /b/, optimizer: refusing });
    expect(() => step(optimizer, { b: 1 })).toThrow('out of luck');
    step(optimizer, { a: 1 });
    expect(() => step(optimizer, { a: 1, b: 1 })).toThrow('out of luck');
    expect(() => step(optimizer, { a: 1 })).toThrow(/load a state and weights from before/);
  });
});

describe('Split: one learning rate', () => {
  it('keeps the proportions, and leaves those without a rate', () => {
    const [lion, schedule] = [
      new Lion({ learningRate: 0.01 }),
      new AdamW({ learningRate: (t) => 1 / (1 + t) }),
    ];
    const groups = [lion, schedule, new COCOB()].map((optimizer, i) => ({
      match: RegExp(`${i}`),
      optimizer,
    }));
    const optimizer = split(sgd(0.1), ...groups);
    expect(optimizer.learningRate).toBeCloseTo(0.1, 7);
    optimizer.learningRate = 0.05;
    expect(lion.learningRate).toBeCloseTo(0.005, 7);
    expect(schedule.learningRate).toBeCloseTo(0.5, 7);
    optimizer.scaleLearningRate(0.5);
    expect(optimizer.learningRate).toBeCloseTo(0.025, 7);
    expect(lion.learningRate).toBeCloseTo(0.0025, 7);
    expect(() => (optimizer.learningRate = () => 1)).toThrow(
      /^Split: learningRate must be a number, got a function.*; a schedule belongs to one of the optimizers$/,
    );
    // That of the last would be infinite: none has changed.
    const large = split(
      sgd(1e-300),
      { match: /a/, optimizer: sgd(1) },
      { match: /b/, optimizer: tf.train.sgd(1e9) },
    );
    for (const change of [() => (large.learningRate = 1), () => large.scaleLearningRate(1e300)])
      expect(change).toThrow(
        new RangeError('Split: learningRate of the base SGD must be in [0, ∞), got Infinity'),
      );
    expect([
      large.learningRate,
      ...large.others.map((each) => (each as unknown as { learningRate: number }).learningRate),
    ]).toEqual([1e-300, 1, 1e9]);
    optimizer.learningRate = 0;
    expect(() => (optimizer.learningRate = 1)).toThrow(
      new RangeError('Split: learningRate of the base must not be 0, for those of others go with it'),
    );
  });
});

describe('Split: around and inside', () => {
  it('moves all that have an evaluation point, each its own variables', async () => {
    const [a, b, c] = [weights('a', 0), weights('b', 0), weights('c', 0)];
    const make = (): Split =>
      split(
        sgd(1),
        { match: /a/, optimizer: new ScheduleFreeSGD({ learningRate: 1 }) },
        { match: /b/, optimizer: new Lookahead(sgd(1), { k: 5 }) },
      );
    const optimizer = make();
    for (let t = 0; t < 2; t++) step(optimizer, { a: -1, b: -1, c: -1 });
    const training = await read(a, b, c);
    const other = make();
    await other.loadStateDict(await optimizer.stateDict());
    other.useEvaluationWeights([a, b, c]);
    // The average of 1 and 2, the slow weights, and the variable itself.
    const [x, slow, plain] = await read(a, b, c);
    expect(x).toBeCloseTo(1.5, 6);
    expect([slow, plain]).toEqual([0, 2]);
    expect(() => step(other, { c: 1 })).toThrow(/evaluation point/);
    other.useTrainingWeights();
    const back = await read(a, b, c);
    back.forEach((value, i) => expect(value).toBeCloseTo(training[i]!, 6));
  });

  it('goes into Lookahead, which pulls the momentum of all back', async () => {
    const [a, b] = [weights('a', 0), weights('b', 0)];
    const around = new Lookahead(split(sgd(1, 0.5), { match: /a/, optimizer: sgd(1, 0.5) }), {
      k: 2,
      alpha: 0.5,
      pullbackMomentum: 'reset',
    });
    for (let t = 0; t < 2; t++) step(around, { a: -1, b: -2 });
    // 1 and 1.5 more, of which half the way; then without momentum.
    expect(await read(a, b)).toEqual([1.25, 2.5]);
    step(around, { a: -1, b: -2 });
    expect(await read(a, b)).toEqual([2.25, 4.5]);
    around.dispose();
  });

  it('comes back from its configuration with what is shared', () => {
    const shared = new Lion();
    const optimizer = split(
      new AdamW(),
      { match: [/a/, /b$/i], optimizer: shared },
      { match: /c/, optimizer: shared },
      { match: /d/, optimizer: 0 },
    );
    const config = JSON.parse(JSON.stringify(optimizer.getConfig())) as tf.serialization.ConfigDict;
    const again = own(Split.fromConfig(Split as never, config) as unknown as Split);
    expect(again.getConfig()).toEqual(config);
    expect(again.others.map((each) => each.getClassName())).toEqual(['Lion']);
  });

  it('names the group of an expression that it does not read', () => {
    const config = split(new AdamW(), { match: /a/, optimizer: 0 }).getConfig();
    const wrong = { ...config, groups: [{ match: [{ name: '(a+)+', flags: '' }], optimizer: 0 }] };
    expect(() => Split.fromConfig(Split as never, wrong as never)).toThrow(
      /^Split: groups\[0\]\.match must be a regular expression of at most 1000 letters /,
    );
  });

  it('refuses states of other optimizers, and nothing has changed', async () => {
    weights('a', 0);
    const optimizer = split(sgd(1), { match: /a/, optimizer: new Lion() });
    step(optimizer, { a: 1 });
    const state = await optimizer.stateDict();
    await expect(split(sgd(1)).loadStateDict(state)).rejects.toThrow(
      'Split: state dict: others must be 0 states, got 1',
    );
    const other = split(sgd(1), { match: /a/, optimizer: new AdamW() });
    await expect(other.loadStateDict(state)).rejects.toThrow(
      'AdamW: state dict: optimizer must be "AdamW", got "Lion"',
    );
    expect(await optimizer.stateDict()).toEqual(state);
  });
});

describe('Split: what it refuses', () => {
  it.each<[unknown, string]>([
    [[3], 'groups[0] must be an object { match, optimizer }, got 3'],
    [[{ match: 'a', optimizer: 0 }], /^Split: groups\[0\]\.match must be a RegExp, .*, got "a"$/ as never],
    [[{ match: [], optimizer: 0 }], /^Split: groups\[0\]\.match must be a RegExp, .*, got \[\]$/ as never],
    [[{ match: /a/, optimizer: {} }], 'groups[0].optimizer must be an optimizer, got an object (Object)'],
    [[{ match: /a/ }], 'groups[0].optimizer must be an optimizer, got undefined'],
    [[{ match: /a/, optimizer: 1 }], 'groups[0].optimizer must be one that came before, below 1, got 1'],
    [
      [{ match: /a/, optimizer: 0, rate: 1 }],
      'groups[0] must have no keys but match and optimizer, got "rate"',
    ],
  ])('%o', (groups, message) => {
    const make = (): unknown => new Split(own(new AdamW()), { groups } as SplitOptions);
    expect(make).toThrow(typeof message === 'string' ? `Split: ${message}` : message);
  });

  it('optimizers that need the loss', () => {
    const base = own(new AdamW());
    expect(() => new Split(own(new SAM(new AdamW())))).toThrow(
      new TypeError('Split: base must need gradients only, but SAM needs the loss itself'),
    );
    expect(() => new Split(base, { groups: [{ match: /a/, optimizer: own(new AliG()) }] })).toThrow(
      new TypeError('Split: groups[0].optimizer must need gradients only, but AliG needs the loss'),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
// The base of wrappers, around optimizers of `@optim` and of TensorFlow.js.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { integer, register } from '@optim/core/authoring';
import type { Entry, NamedGradients, OptionTable, Recurrence } from '@optim/core/authoring';
import { learningRateOf, Wrapper } from '../src/index.js';
import { decodeState, encodeState, type StateDict } from '@optim/core';
import { data, fit, free, load, model, save, weights as weightsOf } from '../../core/test/layers.js';
import { Heavy, half, read, step, variable } from '../../core/test/rules.js';

interface EveryOptions {
  k?: number;
}

/** Lets its base step with every k-th gradient alone, and sums up all of them. */
class Every extends Wrapper<EveryOptions> {
  static readonly className: string = 'Every';

  static override readonly options: OptionTable<EveryOptions> = { k: integer('[1, ∞)', 2) };

  protected readonly rules: { sum: Recurrence<EveryOptions, 's'> } = {
    sum: {
      slots: () => ({ s: (param) => param.mul(0) }),
      update: ({ grad, s }) => ({ s: s.add(grad) }),
    },
  };

  get k(): number {
    return this.settings.k;
  }

  protected step(entries: readonly Entry[], loss: tf.Scalar | undefined, given: NamedGradients): void {
    this.engine.step('sum', entries, { step: this.iterations });
    if ((this.iterations + 1) % this.settings.k === 0) this.stepBase(given, loss);
    this.incrementIterations();
  }
}

register(Every);

const bases = {
  Heavy: () => new Heavy(),
  'tf.train.sgd': () => tf.train.sgd(0.5),
  'tf.train.adam': () => tf.train.adam(0.5),
  'tf.train.rmsprop': () => tf.train.rmsprop(0.5, 0.9, 0.9),
  'tf.train.adagrad': () => tf.train.adagrad(0.5),
};

let a: tf.Variable;
let b: tf.Variable;
const made: tf.Optimizer[] = [];

beforeEach(() => {
  a = variable('a', [3, 4]);
  b = variable('b', 1);
});

afterEach(() => {
  tf.dispose([a, b]);
  for (const optimizer of made.splice(0)) optimizer.dispose();
});

function every(base: tf.Optimizer, options?: EveryOptions): Every {
  const optimizer = new Every(base, options);
  made.push(optimizer);
  return optimizer;
}

function train(optimizer: Every, count: number): void {
  for (let t = 0; t < count; t++) optimizer.minimize(half(a, b), false, [a, b]);
}

const values = async (): Promise<number[]> => [...(await read(a)), ...(await read(b))];

function reset([x, y, z]: number[]): void {
  tf.tidy(() => {
    a.assign(tf.tensor1d([x!, y!]));
    b.assign(tf.scalar(z!));
  });
}

/** Ways of saving an optimizer: each gives what loads it into another. */
const ways: Record<
  string,
  (from: Every) => Promise<{ load: (to: Every) => Promise<void>; free?: () => void }>
> = {
  stateDict: async (from) => {
    const state = await from.stateDict();
    return { load: (to) => to.loadStateDict(state) };
  },
  'a file': async (from) => {
    const bytes = encodeState(await from.stateDict());
    return { load: (to) => to.loadStateDict(decodeState(bytes)) };
  },
  getWeights: async (from) => {
    const copies = (await from.getWeights()).map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) }));
    return {
      load: (to) => to.setWeights(copies),
      free: () => tf.dispose(copies.map(({ tensor }) => tensor)),
    };
  },
};

/** Adam of TensorFlow.js computes βᵗ anew after loading, by a power that GPUs round generously. */
const roughly = (number: number): number => expect.closeTo(number, 2) as number;

const cases = Object.keys(bases).flatMap((base) => Object.keys(ways).map((way) => [base, way] as const));

it.each(cases)('around %s goes on from %s, in a new optimizer and in a used one', async (base, way) => {
  const make = bases[base as keyof typeof bases];
  const first = every(make());
  train(first, 3);
  const start = await values();
  const { load, free } = await ways[way]!(first);
  train(first, 3);
  const want = base === 'tf.train.adam' ? (await values()).map(roughly) : await values();
  const other = every(make());
  const go = async (): Promise<number> => {
    reset(start);
    await load(other);
    expect(other.iterations).toBe(3);
    train(other, 3);
    expect(await values()).toEqual(want);
    return tf.memory().numTensors;
  };
  const once = await go();
  expect(await go()).toBe(once);
  free?.();
});

it.each(Object.entries(bases))('around %s is saved with a model, and leaks nothing', async (base, make) => {
  const examples = data();
  const first = model(new Every(make()));
  await fit(first, examples, 2);
  await save(first);
  const { numTensors } = tf.memory();
  const saved = await save(first);
  expect(tf.memory().numTensors).toBe(numTensors);
  const second = await load(saved);
  expect((second.optimizer as Every).base.getClassName()).toBe(
    (first.optimizer as Every).base.getClassName(),
  );
  expect(second.optimizer.getConfig()).toEqual(first.optimizer.getConfig());
  await fit(first, examples, 1);
  await fit(second, examples, 1);
  expect(await weightsOf(second)).toEqual(
    (await weightsOf(first)).map((numbers) => (base === 'tf.train.adam' ? numbers.map(roughly) : numbers)),
  );
  free(first, second);
  tf.dispose([examples.xs, examples.ys]);
});

it('passes the learning rate through', () => {
  const rates = Object.values(bases).map((make) => {
    const optimizer = every(make());
    expect(optimizer.learningRate).toBe(0.5);
    optimizer.learningRate = 0.25;
    return optimizer.learningRate;
  });
  expect(rates).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);

  const ours = every(new Heavy());
  ours.setLearningRate((t) => 1 / (2 + t));
  expect(ours.learningRate).toBe(0.5);
  expect(() => ours.setLearningRate(-1)).toThrow(
    new RangeError('Heavy: learningRate must be in [0, ∞), got -1'),
  );
  const foreign = every(tf.train.adam(0.5));
  expect(() => foreign.setLearningRate((t) => t)).toThrow(
    new TypeError('Every: learningRate of the base Adam must be a number (in [0, ∞)), got a function'),
  );
});

it('refuses rates that are none, and factors, which optimizers of TensorFlow.js would take', () => {
  for (const make of Object.values(bases)) {
    const optimizer = every(make());
    for (const wrong of [NaN, -1, Infinity, '0.5', null, true, 10n, [2], {}, undefined] as number[]) {
      const rate = /^(Every|Heavy): learningRate .*must be (a number|in \[0, ∞\))/;
      if (wrong !== undefined) expect(() => (optimizer.learningRate = wrong)).toThrow(rate);
      if (wrong !== undefined) expect(() => optimizer.set({ learningRate: wrong } as never)).toThrow(rate);
      expect(() => optimizer.scaleLearningRate(wrong)).toThrow(
        /^Every: the factor on the learning rate must be (a number|in \[0, ∞\))/,
      );
    }
    expect(optimizer.learningRate).toBe(0.5);
    optimizer.scaleLearningRate(0.5);
    expect(optimizer.learningRate).toBe(0.25);
  }
});

it('knows the learning rate of a variable in the next step, through wrappers', () => {
  const groups = [
    { match: ({ id }: tf.Variable): boolean => id === b.id, learningRate: (t: number) => 3 + t },
  ];
  const base = new Heavy({ learningRate: 0.5, parameterGroups: groups });
  const optimizer = every(base, { k: 1 });
  expect([a, b].map((variable) => learningRateOf(optimizer, variable))).toEqual([0.5, 3]);
  step(optimizer, a, b);
  expect([a, b].map((variable) => learningRateOf(optimizer, variable))).toEqual([0.5, 4]);
  expect(learningRateOf(every(tf.train.adam(0.25)), a)).toBe(0.25);
});

it('uses the rate that was set', async () => {
  for (const make of [() => new Heavy(), () => tf.train.sgd(0.5)]) {
    reset([3, 4, 1]);
    const optimizer = every(make(), { k: 1 });
    optimizer.learningRate = 0.25;
    step(optimizer, a, b);
    expect(await values()).toEqual([2.75, 3.75, 0.75]);
  }
});

it('takes its options from a state, and refuses wrong ones', async () => {
  const first = every(new Heavy(), { k: 3 });
  train(first, 1);
  const state = await first.stateDict();
  const other = every(new Heavy());
  await other.loadStateDict(state);
  expect(other.k).toBe(3);
  const wrong = { ...state, hyperparameters: { k: 0 } };
  await expect(other.loadStateDict(wrong)).rejects.toThrow(
    new RangeError('Every: k must be an integer in [1, ∞), got 0'),
  );
  expect(other.k).toBe(3);
});

it('tells weights of variables whose names look like those of the base, as in a layer called "base"', async () => {
  const variables = tf.tidy(() =>
    ['base/w', 'w', './w'].map((name, i) => tf.variable(tf.scalar(i), true, name)),
  );
  const gradients = Object.fromEntries(variables.map(({ name }, i) => [name, tf.scalar(i + 1)]));
  const [from, to] = [every(new Heavy()), every(new Heavy())];
  for (let t = 0; t < 3; t++) from.applyGradients(gradients);
  const weights = await from.getWeights();
  expect(weights.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['./base/w#s', 'w#s', '././w#s', 'base/base/w#m', 'base/w#m', 'base/./w#m']),
  );
  await to.setWeights(weights);
  for (const optimizer of [from, to]) optimizer.applyGradients(gradients);
  expect(await to.stateDict()).toEqual(await from.stateDict());
  tf.dispose([variables, gradients]);
});

it('changes nothing when its own part of a state or that of the base is wrong', async () => {
  const first = every(new Heavy());
  train(first, 2);
  const before = await first.stateDict();
  const base = before.base as StateDict;
  const weights = await first.getWeights();
  const noBase = weights.filter(({ name }) => !name.startsWith('base/'));
  const noInner = weights.filter(({ name }) => name.startsWith('base/'));
  const foreignSlot = [...weights, { name: 'base/a#x', tensor: a }];
  const refusals: [() => Promise<void>, Error][] = [
    [
      () => first.loadStateDict({ ...before, base: { ...base, optimizer: 'Other' } }),
      new RangeError('Heavy: state dict: optimizer must be "Heavy", got "Other"'),
    ],
    [
      () => first.loadStateDict({ ...before, step: 9, globals: { d: 1 } }),
      new RangeError('Every: state dict: globals must be [], got [d]'),
    ],
    [
      () => first.setWeights(noBase),
      new TypeError('Every: weights of the base must start with the scalar "iter", got undefined'),
    ],
    [
      () => first.setWeights(noInner),
      new TypeError('Every: weights must start with the scalar "iter", got undefined'),
    ],
    [() => first.setWeights(foreignSlot), new RangeError('Heavy: slots of "a" must be of [m], got [m, x]')],
  ];
  for (const [call, error] of refusals) {
    await expect(call()).rejects.toThrow(error);
    expect(await first.stateDict()).toEqual(before);
  }
});

it('refuses what is no optimizer, and a base that is not registered', () => {
  expect(() => new Every(undefined as unknown as tf.Optimizer)).toThrow(
    new TypeError('Every: base must be an optimizer, got undefined'),
  );
  expect(() => new Every({ k: 1 } as unknown as tf.Optimizer)).toThrow(
    new TypeError('Every: base must be an optimizer, got an object (Object)'),
  );
  const config = { base: { className: 'Nowhere', config: {} }, k: 1 };
  expect(() => Every.fromConfig(Every as never, config)).toThrow(
    new RangeError('Every: optimizer "Nowhere" is not registered; import its package before loading'),
  );
});

it('holds 20 optimizers within one another at most, in a configuration', () => {
  const nested = (levels: number): { base: object; k: number } => {
    let config: { base: object; k: number } = { base: { className: 'Heavy', config: {} }, k: 1 };
    for (let i = 1; i < levels; i++) config = { base: { className: 'Every', config }, k: 1 };
    return config;
  };
  const made = Every.fromConfig(Every as never, nested(20) as never) as Every;
  expect(made.getConfig()).toMatchObject({ base: { className: 'Every' } });
  made.dispose();
  for (const levels of [21, 20_000])
    expect(() => Every.fromConfig(Every as never, nested(levels) as never)).toThrow(
      new RangeError(
        'Every: configuration must have at most 20 optimizers within one another and 1000 in one',
      ),
    );
});

it('says of an option of the base where it belongs', () => {
  const [heavy, sgd] = [new Heavy(), tf.train.sgd(1)];
  const made = (options: object, base: tf.Optimizer = heavy) => {
    return () => new Every(base, options);
  };
  const advice = 'an option of the base: give it to that';
  expect(made({ learningRate: 0.1 })).toThrow(`Every: unknown option "learningRate" (${advice})`);
  expect(made({ k: 2, transforms: [] })).toThrow(`Every: unknown option "transforms" (${advice})`);
  expect(made({ learningRate: 0.1 }, sgd)).toThrow(`"learningRate" (${advice})`);
  expect(made({ lr: 0.1 })).toThrow('Every: unknown option "lr" (did you mean "learningRate"?)');
  expect(made({ kk: 2 })).toThrow('Every: unknown option "kk" (did you mean "k"?)');
  expect(made({ beta1: 2 }, sgd)).toThrow(/^Every: unknown option "beta1"$/);
  sgd.dispose();
});

it('disposes its base', () => {
  const base = new Heavy();
  const optimizer = new Every(base);
  train(optimizer, 2);
  optimizer.dispose();
  expect(() => step(base, a)).toThrow(new Error('Heavy: the optimizer was disposed; make a new one'));
  expect(() => step(optimizer, a)).toThrow(new Error('Every: the optimizer was disposed; make a new one'));
});

// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import type { StateDict } from '@optim/core';
import { Lookahead, type LookaheadOptions } from '@optim/lookahead';
import { SAM } from '@optim/sam';
import { conformance, freeOwned, goldenBase, goldenSuite, Momentum, own } from '@optim/testing';
import golden from '@optim/testing/golden/Lookahead.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';

goldenSuite(
  golden,
  ({ base, ...options }) =>
    new Lookahead(
      goldenBase(base, (given) => new AdamW(given)),
      options,
    ),
);
conformance((options) => new Lookahead(new AdamW(), options));
conformance(
  (options) => new Lookahead(new AdamW(), { k: 4, pullbackMomentum: 'pullback', ...options }),
  'Lookahead with pullback',
);

afterEach(freeOwned);

const weights = (values: number[], name?: string): tf.Variable =>
  own(tf.tidy(() => tf.variable(tf.tensor1d(values), true, name)));
const read = async (variables: readonly tf.Tensor[]): Promise<number[][]> =>
  Promise.all(variables.map(async (variable) => Array.from(await variable.data())));

/** Steps `from` to `to` on ½(p − sin t)², both included. */
function train(
  optimizer: tf.Optimizer,
  variables: tf.Variable[],
  from: number,
  to: number,
  varList?: tf.Variable[],
): void {
  const loss = (p: tf.Tensor, t: number): tf.Scalar =>
    tf.sum(tf.mul(tf.square(tf.sub(p, Math.sin(t))), 0.5)) as tf.Scalar;
  for (let t = from; t <= to; t++) {
    optimizer.minimize(() => tf.addN(variables.map((p) => loss(p, t))) as tf.Scalar, false, varList);
  }
}

const namesIn = ({ parameters }: StateDict): string[] => parameters.map(({ name }) => name);

describe('Lookahead: the step', () => {
  it('brings slow weights part of the way after k steps, from where the parameters began', async () => {
    const w = weights([1]);
    const optimizer = own(new Lookahead(tf.train.sgd(0.1), { k: 2, alpha: 0.5 }));
    // The gradient is p: 1, then 0.9, then 0.81, of which half the way is 0.905.
    for (const want of [0.9, 0.905, 0.8145, 0.819025]) {
      optimizer.minimize(() => tf.sum(tf.mul(tf.square(w), 0.5)), false, [w]);
      expect((await w.data())[0]).toBeCloseTo(want, 6);
    }
    expect(optimizer.iterations).toBe(4);
    expect(optimizer.base.iterations).toBe(4);
  });

  it.each([
    // A long way: 1000.1 and what is left of it have few bits in common.
    ['tf.train.sgd', () => tf.train.sgd(0.9999)],
    ['tf.train.adam', () => tf.train.adam(0.1)],
    ['AdamW', () => new AdamW({ learningRate: 0.1 })],
  ])('with alpha 1 is %s itself', async (_, make) => {
    const run = async (wrap: (base: tf.Optimizer) => tf.Optimizer): Promise<number[][]> => {
      const variables = [weights([1000.1, 2]), weights([-3])];
      train(own(wrap(make())), variables, 1, 4, variables);
      return read(variables);
    };
    expect(await run((base) => new Lookahead(base, { k: 4, alpha: 1 }))).toEqual(await run((base) => base));
  });

  it('leaves a parameter that has not moved exactly where it is', async () => {
    const [a, b] = [weights([0.1, 1 / 3]), weights([1])];
    const optimizer = own(new Lookahead(tf.train.sgd(0.1), { k: 1, alpha: 0.3 }));
    train(optimizer, [a, b], 1, 1, [a, b]);
    const [before] = await read([a]);
    train(optimizer, [b], 2, 4, [a, b]);
    expect((await read([a]))[0]).toEqual(before);
  });

  it('keeps the momentum of a TensorFlow.js base with the right variable when one has no gradient', async () => {
    const [a, b] = [weights([1]), weights([2])];
    const base = new Momentum(0.1, 0.9);
    const optimizer = own(new Lookahead(base, { k: 2, alpha: 0.5, pullbackMomentum: 'pullback' }));
    train(optimizer, [b], 1, 2, [a, b]);
    const { parameters } = await optimizer.stateDict();
    // Only b has been met; of its momentum half is left, and remembered.
    expect(namesIn({ parameters } as StateDict)).toEqual([b.name]);
    const g1 = 2 - Math.sin(1);
    const g2 = 2 - 0.1 * g1 - Math.sin(2);
    const half = (0.9 * g1 + g2) / 2;
    expect(parameters[0]!.slots['slow.accumulations']!.data[0]).toBeCloseTo(half, 5);
    const [, ofA, ofB] = await base
      .getWeights()
      .then(([iter, ...slots]) => [own(iter!.tensor), ...slots.map(({ tensor }) => tensor)]);
    const [[first], [second]] = (await read([ofA!, ofB!])) as [number[], number[]];
    expect(first).toBe(0);
    expect(second).toBeCloseTo(half, 5);
  });

  it('resets the momentum and nothing else', async () => {
    const w = weights([1, 2]);
    const optimizer = own(new Lookahead(new AdamW(), { k: 3, pullbackMomentum: 'reset' }));
    train(optimizer, [w], 1, 3, [w]);
    const { parameters } = (await optimizer.stateDict()).base as StateDict;
    const { updates, slots } = parameters[0]!;
    expect(updates).toBe(3);
    expect(slots['m']!.data).toEqual(new Float32Array(2));
    expect(Math.min(...slots['v']!.data)).toBeGreaterThan(0);
  });
});

describe('Lookahead: saving', () => {
  const bases: [string, () => tf.Optimizer][] = [
    ['AdamW', () => new AdamW({ learningRate: 0.1 })],
    ['tf.train.momentum', () => new Momentum(0.1, 0.9)],
    ['SAM around AdamW', () => new SAM(new AdamW({ learningRate: 0.1 }))],
  ];
  const ways: Record<string, (from: Lookahead) => Promise<(to: Lookahead) => Promise<void>>> = {
    stateDict: async (from) => {
      const state = await from.stateDict();
      return (to) => to.loadStateDict(state);
    },
    getWeights: async (from) => {
      const saved = (await from.getWeights()).map(({ name, tensor }) => ({
        name,
        tensor: own(tf.clone(tensor)),
      }));
      return (to) => to.setWeights(saved);
    },
  };
  // Of three steps per synchronization: before the first, and between others.
  const cases = bases.flatMap(([name, make]) =>
    Object.keys(ways).flatMap((way) => [[name, way, 1, 2, make] as const, [name, way, 4, 10, make] as const]),
  );

  it.each(cases)('goes on bit for bit: %s, %s, steps %i to %i', async (_, way, at, last, make) => {
    const variables = [weights([1, 2]), weights([-3])];
    const options: LookaheadOptions = { k: 3, alpha: 0.5, pullbackMomentum: 'pullback' };
    const optimizer = own(new Lookahead(make(), options));
    train(optimizer, variables, 1, at, variables);
    const values = await read(variables);
    const load = await ways[way]!(optimizer);
    train(optimizer, variables, at + 1, last, variables);
    const want = await read(variables);
    const state = await optimizer.stateDict();

    variables.forEach((variable, i) => variable.assign(own(tf.tensor1d(values[i]!))));
    const other = own(new Lookahead(make(), options));
    await load(other);
    train(other, variables, at + 1, last, variables);
    expect(await read(variables)).toEqual(want);
    expect(await other.stateDict()).toEqual(state);
  });

  it('takes over the options of a loaded state, with the slots they call for', async () => {
    const w = weights([1], 'w');
    const optimizer = own(new Lookahead(new AdamW(), { k: 7, alpha: 0.25 }));
    train(optimizer, [w], 1, 2, [w]);
    const state = await optimizer.stateDict();
    const other = own(new Lookahead(new AdamW()));
    await other.loadStateDict(state);
    expect(other.getConfig()).toMatchObject({ k: 7, alpha: 0.25 });
    const pulling = own(new Lookahead(new AdamW(), { pullbackMomentum: 'pullback' }));
    train(pulling, [w], 1, 1, [w]);
    const pulled = await pulling.stateDict();
    await other.loadStateDict(pulled);
    expect(await other.stateDict()).toEqual(pulled);
    train(other, [w], 2, 6, [w]);
    expect(Object.keys((await other.stateDict()).parameters[0]!.slots)).toEqual(['slow', 'slow.m']);
  });
});

describe('Lookahead: evaluating slow weights', () => {
  const start = (values = [1, 2]): { w: tf.Variable; optimizer: Lookahead } => ({
    w: weights(values),
    optimizer: own(new Lookahead(new AdamW({ learningRate: 0.1 }), { k: 3, alpha: 0.5 })),
  });

  it('puts them in and the fast ones back, and training goes on as if nothing had happened', async () => {
    const plain = start();
    train(plain.optimizer, [plain.w], 1, 7, [plain.w]);

    const { w, optimizer } = start();
    train(optimizer, [w], 1, 4, [w]);
    const fast = await read([w]);
    optimizer.useEvaluationWeights();
    optimizer.useEvaluationWeights();
    const slow = await read([w]);
    expect(slow).not.toEqual(fast);
    optimizer.useTrainingWeights();
    optimizer.useTrainingWeights();
    expect(await read([w])).toEqual(fast);
    const { parameters, step } = await optimizer.stateDict();
    expect(Array.from(parameters[0]!.slots['slow']!.data)).toEqual(slow[0]);
    expect(step).toBe(4);
    train(optimizer, [w], 5, 7, [w]);
    expect(await read([w])).toEqual(await read([plain.w]));
  });

  it('keeps steps and saving waiting, and nothing has changed', async () => {
    const { w, optimizer } = start();
    train(optimizer, [w], 1, 2, [w]);
    const state = await optimizer.stateDict();
    optimizer.useEvaluationWeights();
    const message = 'Lookahead: the slow weights are in place; call useTrainingWeights() first';
    expect(() => train(optimizer, [w], 3, 3, [w])).toThrow(new Error(message));
    expect(() => optimizer.applyGradients({ [w.name]: w })).toThrow(new Error(message));
    await expect(optimizer.stateDict()).rejects.toThrow(new Error(message));
    await expect(optimizer.loadStateDict(state)).rejects.toThrow(new Error(message));
    await expect(optimizer.getWeights()).rejects.toThrow(new Error(message));
    await expect(optimizer.setWeights([])).rejects.toThrow(new Error(message));
    optimizer.useTrainingWeights();
    expect(await optimizer.stateDict()).toEqual(state);
  });

  it('finds them again after loading, before the first step', async () => {
    const { w, optimizer } = start();
    train(optimizer, [w], 1, 4, [w]);
    const other = start().optimizer;
    await other.loadStateDict(await optimizer.stateDict());
    optimizer.useEvaluationWeights();
    const slow = await read([w]);
    optimizer.useTrainingWeights();
    other.useEvaluationWeights([w]);
    expect(await read([w])).toEqual(slow);
    other.useTrainingWeights();
    expect(await read([w])).not.toEqual(slow);
  });

  it('leaves them in place when it is disposed then', async () => {
    const { w, optimizer } = start();
    train(optimizer, [w], 1, 2, [w]);
    optimizer.useEvaluationWeights();
    optimizer.dispose();
    expect(await read([w])).toEqual([[1, 2]]);
    expect(() => optimizer.useEvaluationWeights()).toThrow(
      new Error('Lookahead: the optimizer was disposed; make a new one'),
    );
  });
});

describe('Lookahead: wrappers in wrappers', () => {
  const adamW = (): AdamW => new AdamW({ learningRate: 0.1 });
  const options: LookaheadOptions = { k: 2, alpha: 0.5, pullbackMomentum: 'pullback' };

  it.each([true, false])('is the same around SAM as inside it, variables listed: %s', async (listed) => {
    const run = async (optimizer: tf.Optimizer): Promise<number[][]> => {
      const [a, idle, b] = [weights([1, 2]), weights([5]), weights([-3])];
      const list = listed ? [a, idle, b] : undefined;
      train(own(optimizer), [a], 1, 1, list);
      train(optimizer, [a, b], 2, 7, list);
      const values = await read([a, idle, b]);
      tf.dispose([a, idle, b]);
      return values;
    };
    const want = await run(new SAM(new Lookahead(adamW(), options)));
    expect(want[1]).toEqual([5]);
    expect(await run(new Lookahead(new SAM(adamW()), options))).toEqual(want);
  });

  it('around SAM meets the variables that step, and no others', async () => {
    const [a, b] = [weights([1], 'a'), weights([2], 'b')];
    const optimizer = own(new Lookahead(new SAM(tf.train.sgd(0.1))));
    train(optimizer, [b], 1, 1);
    expect(namesIn(await optimizer.stateDict())).toEqual(['b']);
    train(optimizer, [b, a], 2, 2);
    const { parameters } = await optimizer.stateDict();
    expect(parameters.map(({ name, slots }) => [name, [...slots['slow']!.data]])).toEqual([
      ['a', [1]],
      ['b', [2]],
    ]);
    expect(optimizer.iterations).toBe(2);
  });

  it('around SAM returns the loss, and counts no step that fails', async () => {
    const w = weights([3, 4]);
    const optimizer = own(new Lookahead(new SAM(adamW()), options));
    const loss = own(optimizer.minimize(() => tf.sum(w), true, [w])!);
    expect(await read([loss])).toEqual([[7]]);
    const state = await optimizer.stateDict();
    const fails = (): tf.Scalar => {
      throw new Error('out of luck');
    };
    expect(() => optimizer.minimize(fails, false, [w])).toThrow(new Error('out of luck'));
    expect(await optimizer.stateDict()).toEqual(state);
    const message =
      'SAM: a step needs the loss itself, to evaluate it a second time; call minimize instead of applyGradients';
    expect(() => optimizer.applyGradients({ [w.name]: w })).toThrow(new TypeError(message));
    expect(await optimizer.stateDict()).toEqual(state);
    expect(() => optimizer.minimize(5 as never, false, [w])).toThrow(
      new TypeError('Lookahead: the loss must be a function that gives a float32 scalar, got 5'),
    );
  });

  it('refuses to look ahead twice', () => {
    const message = 'Lookahead: base must not look ahead itself, got Lookahead';
    expect(() => new Lookahead(new Lookahead(adamW()))).toThrow(new TypeError(message));
    expect(() => new Lookahead(new SAM(new Lookahead(adamW())))).toThrow(new TypeError(message));
    expect(() => new SAM(new Lookahead(new SAM(adamW())))).toThrow(
      new TypeError('SAM: base must step along a given gradient, but SAM needs the loss itself'),
    );
  });
});

describe('Lookahead: what it refuses', () => {
  it.each([
    [{ k: 0 }, RangeError, 'Lookahead: k must be an integer in [1, ∞), got 0'],
    [{ k: 1.5 }, RangeError, 'Lookahead: k must be an integer in [1, ∞), got 1.5'],
    [{ alpha: 1.1 }, RangeError, 'Lookahead: alpha must be in [0, 1], got 1.1'],
    [
      { pullbackMomentum: 'push' as 'none' },
      RangeError,
      "Lookahead: pullbackMomentum must be one of 'none', 'reset', 'pullback', got \"push\"",
    ],
  ])('%o', (given, type, message) => {
    expect(() => new Lookahead(new AdamW(), given)).toThrow(new type(message));
  });

  it('a base that is none, and momentum of a base that keeps none', () => {
    expect(() => new Lookahead({} as tf.Optimizer)).toThrow(
      new TypeError('Lookahead: base must be an optimizer, got an object (Object)'),
    );
    const base = own(tf.train.sgd(0.1));
    for (const pullbackMomentum of ['reset', 'pullback'] as const) {
      const message = `Lookahead: pullbackMomentum must be 'none' around SGD, which keeps no momentum, got "${pullbackMomentum}"`;
      expect(() => new Lookahead(base, { pullbackMomentum })).toThrow(new RangeError(message));
    }
  });
});

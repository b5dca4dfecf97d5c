// SPDX-License-Identifier: Apache-2.0
// State dicts and weights: what is in them.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { NamedWeight } from '../src/index.js';
import { largest } from './hooks.js';
import { Normed, half, read, step } from './rules.js';
import { freeOwned, heavy, momenta, named, own, stateOf } from './states.js';

afterEach(freeOwned);

describe('a state dict', () => {
  it('is plain data: steps, options, globals, and slots by parameter', async () => {
    const optimizer = heavy({ learningRate: (t: number) => 1 / (t + 1), transforms: [largest()] });
    step(optimizer, named('a', [1, 2]), named('b', 3));
    step(optimizer, named('c', 1));
    const state = await optimizer.stateDict();
    const slot = (shape: number[], ...m: number[]): object => ({ m: { shape, data: Float32Array.from(m) } });
    expect(state).toEqual({
      format: 1,
      optimizer: 'Heavy',
      step: 2,
      hyperparameters: {
        maxLearningRate: null,
        momentum: 0.5,
        weightDecay: 0,
        weightDecayMode: 'decoupled',
      },
      globals: { 'largest.most': 3 },
      parameters: [
        {
          name: 'a',
          shape: [2],
          dtype: 'float32',
          updates: 1,
          slots: slot([2], Math.fround(1 / 3), Math.fround(1 / 3)),
        },
        { name: 'b', shape: [], dtype: 'float32', updates: 1, slots: slot([], Math.fround(1 / 3)) },
        { name: 'c', shape: [], dtype: 'float32', updates: 1, slots: slot([], Math.fround(1 / 3)) },
      ],
    });
    expect(structuredClone(state)).toEqual(state);
  });

  it('exists before the first step, with the first globals', async () => {
    const state = await own(new Normed()).stateDict();
    expect(state).toMatchObject({ step: 0, globals: { longest: 0 }, parameters: [] });
    const other = own(new Normed());
    await other.loadStateDict(state);
    expect(await other.stateDict()).toEqual(state);
  });

  it('is a copy, which neither later steps nor the optimizer that loaded it change', async () => {
    const a = named('a', [1, 2]);
    const first = heavy();
    step(first, a);
    const state = await first.stateDict();
    const copy = structuredClone(state);
    const second = heavy();
    await second.loadStateDict(state);
    for (const optimizer of [first, second, first, second]) step(optimizer, a);
    expect(state).toEqual(copy);
    expect(await momenta(second)).toEqual({ a: [1.75, 1.75] });
  });

  it('holds globals that were set between steps, and tells of them where it is loaded', async () => {
    const told: Readonly<Record<string, number>>[] = [];
    class Telling extends Normed {
      override setGlobal(name: string, value: number): void {
        super.setGlobal(name, value);
      }
      protected override restored(globals: Readonly<Record<string, number>>): void {
        told.push(globals);
      }
    }
    const first = own(new Telling());
    first.setGlobal('longest', 5); // there is none before the first step
    const unused = await first.stateDict();
    step(first, named('a', [0, 0, 0, 0]));
    expect((await first.stateDict()).globals).toEqual({ longest: 2 });
    first.setGlobal('longest', 4);
    const state = await first.stateDict();
    const second = own(new Telling());
    await second.loadStateDict(state);
    await second.setWeights(await first.getWeights());
    await second.loadStateDict({ ...unused, globals: {} });
    expect(told).toEqual([{ longest: 4 }, { longest: 4 }, { longest: 0 }]);
  });

  it('brings its options along, but not groups and hooks', async () => {
    const other = heavy({
      momentum: 0.25,
      learningRate: 0.125,
      parameterGroups: [{ match: /a/, momentum: 0 }],
    });
    await other.loadStateDict(await heavy({ momentum: 0.75, parameterGroups: [] }).stateDict());
    expect(other.getConfig()).toMatchObject({
      momentum: 0.75,
      learningRate: 0.5,
      parameterGroups: [{ match: { name: 'a', flags: '' }, momentum: 0 }],
    });
  });

  it('keeps what its optimizer has not met since it was loaded', async () => {
    const state = stateOf(['a', [1, 2]], ['b', [3]]);
    const optimizer = heavy();
    await optimizer.loadStateDict(state);
    step(optimizer, named('a', [0, 0]));
    expect(await momenta(optimizer)).toEqual({ a: [1.5, 2], b: [3] });
    const weights = await optimizer.getWeights();
    expect(weights.map(({ name }) => name)).toEqual(['iter', '##updates', 'a#m', 'b#m']);
    const other = heavy();
    await other.setWeights(weights);
    step(other, named('b', [0]));
    expect(await momenta(other)).toEqual({ b: [2.5], a: [1.5, 2] });
  });
});

describe('weights', () => {
  it('start with the step, then globals, then slots grouped by kind', async () => {
    const optimizer = heavy({ transforms: [largest()] });
    step(optimizer, named('a', [1, 2]), named('b', 3));
    const weights = await optimizer.getWeights();
    expect(weights.map(({ name }) => name)).toEqual(['iter', '#largest.most', 'a#m', 'b#m']);
    expect(weights[0]!.tensor).toMatchObject({ dtype: 'int32', shape: [] });
    expect(await read(weights[0]!.tensor)).toEqual([1]);
  });

  it('are the step alone before the first', async () => {
    const optimizer = heavy();
    const weights = await optimizer.getWeights();
    expect(weights.map(({ name }) => name)).toEqual(['iter']);
    await optimizer.setWeights(weights);
    expect(optimizer.iterations).toBe(0);
  });

  it('carry the number of updates of each parameter where they differ', async () => {
    const [a, b] = [named('a', [1]), named('b', [1])];
    const first = heavy();
    step(first, b);
    step(first, a, b);
    const second = heavy();
    await second.setWeights(await first.getWeights());
    step(second, a, b);
    expect((await second.stateDict()).parameters.map(({ name, updates }) => [name, updates])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });

  it.each([
    ['nothing', () => [], new TypeError('Heavy: weights must start with the scalar "iter", got undefined')],
    [
      'no step',
      (given: NamedWeight[]) => given.slice(1),
      new TypeError('Heavy: weights must start with the scalar "iter", got "a#m"'),
    ],
    [
      'a weight of a model',
      (given: NamedWeight[]) => [given[0]!, { ...given[1]!, name: 'dense/kernel' }],
      new RangeError('Heavy: "dense/kernel" is not a weight of this optimizer'),
    ],
    [
      'another slot',
      (given: NamedWeight[]) => [given[0]!, { ...given[1]!, name: 'a#v' }],
      new RangeError('Heavy: slots of "a" must be of [m], got [v]'),
    ],
    [
      'another global',
      (given: NamedWeight[]) => [...given, { name: '#d', tensor: given[0]!.tensor }],
      new TypeError('Heavy: weight "#d" must be float32, got "int32"'),
    ],
    [
      'a slot twice',
      (given: NamedWeight[]) => [...given, given[1]!],
      new RangeError('Heavy: weight "a#m" is listed twice'),
    ],
    [
      'a slot that is no float32',
      (given: NamedWeight[]) => [given[0]!, { ...given[0]!, name: 'a#m' }],
      new TypeError('Heavy: weight "a#m" must be float32, got "int32"'),
    ],
    [
      'no list',
      () => null as unknown as NamedWeight[],
      new TypeError('Heavy: weights must be an array of { name, tensor }, got null'),
    ],
    [
      'no weights',
      () => [null] as unknown as NamedWeight[],
      new TypeError('Heavy: weights[0] must have a name and a tensor, got null'),
    ],
    [
      'another parameter',
      (given: NamedWeight[]) => [given[0]!, { ...given[1]!, name: 'x#m' }],
      new RangeError('Heavy: saved state is of other parameters: of "x", not of "a"'),
    ],
  ])('that are %s are refused, and nothing has changed', async (_, wrong, error) => {
    const optimizer = heavy();
    optimizer.minimize(half(named('a', [1, 2])));
    const before = await optimizer.stateDict();
    await expect(optimizer.setWeights(wrong(await optimizer.getWeights()))).rejects.toThrow(error);
    expect(await optimizer.stateDict()).toEqual(before);
  });

  it.each([NaN, -5, 2.5, 1e30, 2 ** 31])('with a step count of %d are refused', async (count) => {
    const optimizer = heavy();
    step(optimizer, named('a', [1, 2]));
    const [, ...rest] = await optimizer.getWeights();
    const iter = own(tf.scalar(count));
    await expect(optimizer.setWeights([{ name: 'iter', tensor: iter }, ...rest])).rejects.toThrow(
      /^Heavy: weight "iter" must be a whole number in \[0, 2\^31\), got /,
    );
    expect(optimizer.iterations).toBe(1);
  });

  it('are those of the moment of the call, whoever asks at once, and whoever frees them', async () => {
    const optimizer = heavy();
    const a = named('a', [1, 2]);
    step(optimizer, a);
    const [first, second] = [optimizer.getWeights(), optimizer.getWeights()];
    step(optimizer, a);
    const third = optimizer.getWeights();
    const read = async (pending: Promise<NamedWeight[]>): Promise<number[]> => [
      ...(await (await pending)[1]!.tensor.data()),
    ];
    expect(await Promise.all([first, second, third].map(read))).toEqual([
      [1, 1],
      [1, 1],
      [1.5, 1.5],
    ]);
    tf.dispose((await third).map(({ tensor }) => tensor));
    step(optimizer, a);
    expect((await momenta(optimizer))['a']).toEqual([1.75, 1.75]);
  });

  it('that were read do not change in later steps', async () => {
    const optimizer = heavy();
    const a = named('a', [1, 2]);
    step(optimizer, a);
    const values = await (await optimizer.getWeights())[1]!.tensor.data();
    step(optimizer, a);
    expect([...values]).toEqual([1, 1]);
  });
});

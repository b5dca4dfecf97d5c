// SPDX-License-Identifier: Apache-2.0
// With tfjs-layers: training, freezing, saving and loading, in one page.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defineHook, defineSchedule, hyper, type BaseOptimizer } from '../src/authoring.js';
import { compile, data, fit, free, load, model, save, weights, type Data } from './layers.js';
import { Heavy } from './rules.js';

let examples: Data;

beforeEach(() => {
  examples = data();
});

afterEach(() => {
  tf.dispose([examples.xs, examples.ys]);
});

it('trains by compile and fit, lowers the loss, and evaluates', async () => {
  const trained = model(new Heavy({ learningRate: 0.1 }));
  const { history } = await fit(trained, examples, 20);
  const losses = history['loss'] as number[];
  expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  const evaluated = trained.evaluate(examples.xs, examples.ys) as tf.Scalar[];
  expect((await evaluated[0]!.data())[0]!).toBeLessThan(losses.at(-2)!);
  tf.dispose(evaluated);
  free(trained);
});

it('keeps the state of layers through freezing, thawing and compiling again', async () => {
  const optimizer = new Heavy();
  const trained = model(optimizer);
  const layer = trained.layers[1]!;
  const updates = async (): Promise<number[]> =>
    (await optimizer.stateDict()).parameters.map((p) => p.updates);
  await fit(trained, examples, 1);
  layer.trainable = false;
  compile(trained, optimizer);
  const frozen = await weights(trained);
  const before = await optimizer.stateDict();
  await fit(trained, examples, 1);
  expect((await weights(trained)).slice(0, 2)).toEqual(frozen.slice(0, 2));
  expect((await optimizer.stateDict()).parameters.slice(0, 2)).toEqual(before.parameters.slice(0, 2));
  expect(await updates()).toEqual([2, 2, 4, 4]);
  layer.trainable = true;
  compile(trained, optimizer);
  await fit(trained, examples, 1);
  expect(await updates()).toEqual([4, 4, 6, 6]);
  expect(optimizer.iterations).toBe(6);
  free(trained);
});

it.each([0, 1, 3])(
  'goes on bit for bit after %i epochs, saved and loaded in the same page',
  async (epochs) => {
    const first = model(new Heavy());
    if (epochs > 0) await fit(first, examples, epochs);
    const second = await load(await save(first));
    expect(second.optimizer).toBeInstanceOf(Heavy);
    expect(second.optimizer.iterations).toBe(2 * epochs);
    await fit(first, examples, 2);
    await fit(second, examples, 2);
    expect(await weights(second)).toEqual(await weights(first));

    // And once more from the copy, whose weights are named after a second model.
    expect(second.trainableWeights[0]!.name).toMatch(/\/kernel_\d+$/);
    const third = await load(await save(second));
    await fit(second, examples, 1);
    await fit(third, examples, 1);
    expect(await weights(third)).toEqual(await weights(second));
    free(first, second, third);
  },
);

it('saves and loads updates that differ between layers, of rules with slots for some layers alone', async () => {
  const optimizer = new Heavy({ parameterGroups: [{ match: /bias/, momentum: 0.25 }] });
  const first = model(optimizer);
  await fit(first, examples, 1);
  first.layers[1]!.trainable = false;
  compile(first, optimizer);
  await fit(first, examples, 1);
  const second = await load(await save(first));
  second.layers[1]!.trainable = true;
  compile(second, second.optimizer);
  await fit(second, examples, 1);
  const { parameters } = await (second.optimizer as BaseOptimizer).stateDict();
  expect(parameters.map((p) => p.updates)).toEqual([4, 4, 6, 6]);
  free(first, second);
});

it('matches weights by layer, not by the order in which a loaded model makes them', async () => {
  const first = model(new Heavy());
  await fit(first, examples, 1);
  const saved = await save(first);
  const specs = saved.weightSpecs!;
  const slots = specs.filter(({ group }) => group === 'optimizer');
  expect(slots.map(({ name }) => name)).toEqual([
    'iter',
    ...first.trainableWeights.map(({ name }) => `${name}#m`),
  ]);
  expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
  free(first);
});

it('leaks nothing when it is saved twice and set twice', async () => {
  const trained = model(new Heavy());
  await fit(trained, examples, 1);
  await save(trained);
  const optimizer = trained.optimizer as BaseOptimizer;
  const { numTensors } = tf.memory();
  await save(trained);
  await save(trained);
  await optimizer.setWeights(await optimizer.getWeights());
  await optimizer.setWeights(await optimizer.getWeights());
  expect(tf.memory().numTensors).toBe(numTensors);
  free(trained);
});

it('saves what has underscores, infinities, schedules and hooks inside', async () => {
  const ramp = defineSchedule<{ to: number; inner: (step: number) => number }>(
    'testRamp',
    { to: hyper('[0, ∞]'), inner: hyper('[0, 1]') },
    ({ to, inner }) =>
      (step) =>
        Math.min(to, inner(step)),
  );
  const still = defineSchedule<{ value: number }>(
    'testStill',
    { value: hyper('[0, 1]') },
    ({ value }) =>
      () =>
        value,
  );
  const scaled = defineHook<{ by?: number | ((step: number) => number); limit?: number }>(
    'testScaled',
    { by: hyper('[0, ∞]', 1), limit: hyper('[0, ∞]', 1) },
    ({ by }) => ({ gradient: ({ grad }) => ({ grad: grad!.mul(typeof by === 'number' ? by : by(0)) }) }),
    'by',
  );
  const options = {
    learningRate: ramp({ to: Infinity, inner: still({ value: 0.25 }) }),
    parameterGroups: [
      { match: /dense_Dense\d+\/ker_?nel/i, weightDecay: 0.5, learningRate: still({ value: 0.125 }) },
    ],
    transforms: [scaled(2), scaled({ by: still({ value: 0.5 }), limit: Infinity })],
  };
  const first = model(new Heavy(options));
  await fit(first, examples, 1);
  const second = await load(await save(first));
  expect(second.optimizer.getConfig()).toEqual(first.optimizer.getConfig());
  expect(second.optimizer.getConfig()['parameterGroups']).toEqual([
    {
      match: { name: 'dense_Dense\\d+\\/ker_?nel', flags: 'i' },
      weightDecay: 0.5,
      learningRate: { schedule: 'testStill', options: { value: 0.125 } },
    },
  ]);
  expect(second.optimizer.getConfig()['transforms']).toEqual([
    { hook: 'testScaled', options: { by: 2 } },
    {
      hook: 'testScaled',
      options: { by: { schedule: 'testStill', options: { value: 0.5 } }, limit: 'Infinity' },
    },
  ]);
  await fit(first, examples, 1);
  await fit(second, examples, 1);
  expect(await weights(second)).toEqual(await weights(first));
  free(first, second);
});

it('refuses to save what could not be loaded', async () => {
  const refusal = (options: object): (() => unknown) => {
    const optimizer = new Heavy(options);
    return () => optimizer.getConfig();
  };
  expect(refusal({ learningRate: () => 1 })).toThrow(
    new TypeError(
      'Heavy: learningRate: a plain function cannot be saved; a schedule of @optim/schedules, or one made with defineSchedule, can',
    ),
  );
  expect(refusal({ parameterGroups: [{ match: () => true }] })).toThrow(
    new TypeError('Heavy: parameterGroups: a function cannot be saved; match by RegExp, got function match'),
  );
  expect(refusal({ transforms: [{ name: 'own', update: () => ({}) }] })).toThrow(
    new TypeError('Heavy: transforms: hook "own" cannot be saved; define it with defineHook'),
  );
});

it('is registered under its class name, and ignores what TensorFlow.js adds to a configuration', () => {
  const [cls, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap['Heavy']!;
  expect(cls).toBe(Heavy);
  const optimizer = fromConfig(cls, { momentum: 0.25, customObjects: {} }) as Heavy;
  expect(optimizer.getConfig()).toEqual({
    learningRate: 0.5,
    momentum: 0.25,
    weightDecay: 0,
    weightDecayMode: 'decoupled',
    maxLearningRate: null,
    parameterGroups: [],
    transforms: [],
  });
});

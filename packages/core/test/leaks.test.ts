// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { clipping } from './hooks.js';
import { data, dataset, fit, free, model, type Data } from './layers.js';
import { Heavy, Normed, half, read, step, variable } from './rules.js';

// A leak shows in every step. In browsers, which render in software here, a step takes long.
const steps = inject('backend').startsWith('web') ? 10 : 200;

let examples: Data;
let a: tf.Variable;
let b: tf.Variable;

beforeEach(() => {
  examples = data();
  a = variable('a', [1, 2]);
  b = variable('b', 3);
});

afterEach(() => {
  tf.dispose([examples.xs, examples.ys, a, b]);
});

const rules: [string, () => Heavy | Normed][] = [
  ['slots and hooks', () => new Heavy({ transforms: [clipping(1)], weightDecay: 0.1 })],
  ['rounds and globals', () => new Normed()],
];

it.each(rules)('leaks nothing in minimize, with %s', (_, make) => {
  const optimizer = make();
  const train = (count: number): void => {
    for (let t = 0; t < count; t++) optimizer.minimize(half(a, b), true)!.dispose();
  };
  train(2);
  const { numTensors } = tf.memory();
  train(steps);
  expect(tf.memory().numTensors).toBe(numTensors);
  optimizer.dispose();
});

it.each(rules)('leaks nothing in applyGradients, with %s', (_, make) => {
  const optimizer = make();
  step(optimizer, a, b);
  const { numTensors } = tf.memory();
  for (let t = 0; t < steps; t++) {
    step(optimizer, a);
    step(optimizer, b);
  }
  expect(tf.memory().numTensors).toBe(numTensors);
  optimizer.dispose();
});

const ways = {
  fit: (trained, epochs) => fit(trained, examples, epochs),
  fitDataset: (trained, epochs) =>
    trained.fitDataset(dataset(examples), { epochs, verbose: 0, yieldEvery: 'never' }),
  trainOnBatch: async (trained, epochs) => {
    for (let t = 0; t < 2 * epochs; t++) {
      const numbers = await trained.trainOnBatch(examples.xs, examples.ys);
      expect(numbers).toHaveLength(3);
    }
  },
} satisfies Record<string, (trained: ReturnType<typeof model>, epochs: number) => Promise<unknown>>;

it.each(Object.entries(ways))('leaks nothing in %s, with metrics', async (_, train) => {
  const trained = model(new Heavy());
  await train(trained, 1);
  const { numTensors } = tf.memory();
  await train(trained, steps / 2);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(trained.optimizer.iterations).toBe(steps + 2);
  free(trained);
});

it('leaks nothing when the loss throws, and goes on', async () => {
  const optimizer = new Heavy();
  optimizer.minimize(half(a), false, [a]);
  const { numTensors } = tf.memory();
  const failing = (): tf.Scalar => {
    half(a, b)();
    throw new Error('no loss');
  };
  for (let t = 0; t < 5; t++) expect(() => optimizer.minimize(failing)).toThrow(new Error('no loss'));
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(optimizer.iterations).toBe(1);
  expect(await read(a)).toEqual([0.5, 1]);
  optimizer.minimize(half(a), false, [a]);
  expect(await read(a)).toEqual([0, 0]);
  optimizer.dispose();
});

it('leaks nothing when the loss is no scalar, or does not depend on a variable', () => {
  const optimizer = new Heavy();
  const { numTensors } = tf.memory();
  expect(() => optimizer.minimize(() => tf.square(a) as tf.Scalar)).toThrow('must return a scalar');
  expect(() => optimizer.minimize(() => tf.scalar(1))).toThrow('Cannot find a connection');
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('gives back its memory on dispose', async () => {
  const { numTensors } = tf.memory();
  for (const [, make] of rules) {
    const optimizer = make();
    step(optimizer, a, b);
    await optimizer.getWeights();
    optimizer.dispose();
  }
  expect(tf.memory().numTensors).toBe(numTensors);
});

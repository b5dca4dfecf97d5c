// SPDX-License-Identifier: Apache-2.0
// State belongs to the variable, whatever the order and the company in which it is trained.

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Heavy, Normed, close, half, read, step, variable } from './rules.js';

let optimizer: Heavy;
let a: tf.Variable;
let b: tf.Variable;

beforeEach(() => {
  optimizer = new Heavy();
  a = variable('a', [0, 0]);
  b = variable('b', [0, 0]);
});

afterEach(() => {
  optimizer.dispose();
  tf.dispose([a, b]);
});

it('keeps the momentum of two lists of variables of one shape apart, as in a GAN', async () => {
  step(optimizer, a);
  step(optimizer, b);
  step(optimizer, a);
  expect(await read(a)).toEqual([-1.25, -1.25]);
  expect(await read(b)).toEqual([-0.5, -0.5]);
  step(optimizer, b);
  expect(await read(b)).toEqual([-1.25, -1.25]);
  expect(optimizer.iterations).toBe(4);
  const { parameters } = await optimizer.stateDict();
  expect(parameters.map(({ name, updates }) => [name, updates])).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
});

it('takes two lists of other shapes, which the built-in optimizers refuse', async () => {
  const c = variable('c', 0);
  step(optimizer, a);
  step(optimizer, c);
  step(optimizer, a, c);
  expect(await read(c)).toEqual([-1.25]);
  c.dispose();
});

it('does not shift state when a variable in between has no gradient', async () => {
  const c = variable('c', [0, 0]);
  step(optimizer, a, b, c);
  optimizer.minimize(() => tf.sum(tf.add(a, c)), false, [a, b, c]);
  optimizer.minimize(() => tf.sum(tf.add(a, c)), false);
  expect(await read(a)).toEqual([-2.125, -2.125]);
  expect(await read(c)).toEqual([-2.125, -2.125]);
  expect(await read(b)).toEqual([-0.5, -0.5]);
  c.dispose();
});

it('takes gradients as a map, and null or absent tensors in a list', async () => {
  tf.tidy(() => {
    optimizer.applyGradients({ b: tf.ones([2]) });
    optimizer.applyGradients([
      { name: 'a', tensor: null },
      { name: 'b', tensor: tf.ones([2]) },
      { name: 'gone', tensor: undefined },
    ]);
  });
  expect(await read(a)).toEqual([0, 0]);
  expect(await read(b)).toEqual([-1.25, -1.25]);
  expect(optimizer.iterations).toBe(2);
});

it('lets two optimizers train one variable', async () => {
  const other = new Heavy({ learningRate: 1, momentum: 0 });
  step(optimizer, a);
  step(other, a);
  step(optimizer, a);
  step(other, a);
  expect(await read(a)).toEqual([-3.25, -3.25]);
  other.dispose();
  step(optimizer, a);
  expect(await read(a)).toEqual([-4.125, -4.125]);
});

it('trains a variable that a list names twice once', async () => {
  optimizer.minimize(() => tf.sum(a), false, [a, a]);
  expect(await read(a)).toEqual([-0.5, -0.5]);
});

it('refuses two gradients of one variable', async () => {
  expect(() => step(optimizer, b, a, b)).toThrow(
    new RangeError('Heavy: variable "b" has two gradients; add them up first'),
  );
  expect(await read(b)).toEqual([0, 0]);
  expect(optimizer.iterations).toBe(0);
});

it('knows no variables by names that objects inherit', () => {
  const gradients = Object.fromEntries([['toString', tf.ones([2])]]);
  expect(() => optimizer.applyGradients(gradients)).toThrow(
    new RangeError('Heavy: no variable is named "toString"; it was disposed or never made'),
  );
  tf.dispose(gradients);
});

it('counts a step without any gradient, and does nothing else', async () => {
  const normed = new Normed();
  step(normed);
  optimizer.applyGradients({});
  expect([normed.iterations, optimizer.iterations]).toEqual([1, 1]);
  step(normed, a);
  expect(await read(a)).toEqual(close(-0.5 / Math.SQRT2, -0.5 / Math.SQRT2));
  normed.dispose();
});

it('starts afresh with a new variable that has the name of one that was disposed', async () => {
  step(optimizer, a);
  a.dispose();
  expect(() => step(optimizer, a)).toThrow(
    new RangeError('Heavy: no variable is named "a"; it was disposed or never made'),
  );
  a = variable('a', [0, 0]);
  const { numTensors } = tf.memory();
  step(optimizer, a);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(await read(a)).toEqual([-0.5, -0.5]);
});

it('survives tf.disposeVariables(), which takes its state away', async () => {
  const normed = new Normed();
  const kept = tf.clone(a);
  step(optimizer, a, b);
  step(normed, a);
  tf.disposeVariables();
  expect((await optimizer.stateDict()).parameters).toEqual([]);
  expect((await normed.stateDict()).globals).toEqual({ longest: 0 });
  a = variable('a', [0, 0]);
  b = variable('b', [3, 4]);
  step(optimizer, a);
  expect(await read(a)).toEqual([-0.5, -0.5]);
  normed.minimize(half(b), false, [b]);
  expect(await read(b)).toEqual(close(2.7, 3.6));
  expect(await read(kept)).toEqual([0, 0]);
  normed.dispose();
  kept.dispose();
});

it('keeps its state out of the trainable variables, and without a name', () => {
  const before = Object.keys(tf.engine().registeredVariables);
  step(optimizer, a);
  const made = Object.values(tf.engine().registeredVariables).filter(({ name }) => !before.includes(name));
  expect(made).toHaveLength(1);
  expect(made[0]!.trainable).toBe(false);
  expect(made[0]!.name).toMatch(/^\d+$/);
});

it('is an instance of its own classes alone', () => {
  expect(optimizer).toBeInstanceOf(Heavy);
  expect(optimizer).toBeInstanceOf(tf.Optimizer);
  expect(optimizer instanceof Normed).toBe(false);
  const foreign = tf.train.sgd(1);
  expect(foreign instanceof Heavy).toBe(false);
  foreign.dispose();
});

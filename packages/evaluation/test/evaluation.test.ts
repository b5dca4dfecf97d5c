// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { apart, record, releaseTape, repeat, replay, undisturbed } from '../src/index.js';

it('repeats random numbers, and draws new ones where more are wanted', () => {
  const { random } = Math;
  const { result, draws } = record(() => [Math.random(), Math.random()]);
  expect(result).toEqual(draws);
  const again = replay(() => [Math.random(), Math.random(), Math.random()], draws);
  expect(again.slice(0, 2)).toEqual(result);
  expect(again[2]).not.toBe(result[0]);
  expect(Math.random).toBe(random);
});

it('puts back what it replaced when an evaluation throws', () => {
  const { random } = Math;
  const engine = tf.engine();
  const { keep } = engine;
  const fails = (): never => {
    throw new Error('mine');
  };
  for (const run of [
    () => record(fails),
    () => replay(fails, [1]),
    () => repeat(fails, [], []),
    () => apart(fails),
  ])
    expect(run).toThrow(new Error('mine'));
  expect(Math.random).toBe(random);
  expect(engine.keep).toBe(keep);
  expect(Object.hasOwn(engine, 'keep')).toBe(false);
});

it('puts back variables that are not trained, and hands over what was kept', async () => {
  const statistic = tf.tidy(() => tf.variable(tf.scalar(1), false));
  const trained = tf.tidy(() => tf.variable(tf.scalar(1)));
  const left: tf.Tensor[] = [];
  const move = (): void => {
    tf.tidy(() => {
      statistic.assign(tf.scalar(2));
      trained.assign(tf.scalar(3));
      tf.keep(tf.scalar(4));
      tf.keep(tf.scalar(5)).dispose();
    });
  };
  repeat(move, [], left);
  expect(await Promise.all([statistic, trained, ...left].map(async (x) => [...(await x.data())]))).toEqual([
    [1],
    [3],
    [4],
  ]);
  undisturbed([trained], () => tf.tidy(() => trained.assign(tf.scalar(6))));
  expect([...(await trained.data())]).toEqual([3]);
  tf.dispose([statistic, trained, ...left]);
});

it('lets a gradient be taken in the backward pass of another', async () => {
  const square = tf.customGrad((x) => ({
    value: tf.square(x as tf.Tensor),
    gradFunc: (dy) => apart(() => tf.mul(dy as tf.Tensor, tf.grad((y) => tf.square(y))(x as tf.Tensor))),
  }));
  const x = tf.scalar(3);
  const both = tf.grad((y) => tf.add(square(y), tf.mul(y, 10)))(x);
  expect([...(await both.data())]).toEqual([16]);
  tf.dispose([x, both]);
});

it('frees what a loss that throws left on the tape', () => {
  const x = tf.tidy(() => tf.variable(tf.scalar(2)));
  const { numTensors } = tf.memory();
  expect(() =>
    tf.variableGrads(() => {
      tf.square(tf.square(x));
      throw new Error('mine');
    }, [x]),
  ).toThrow(new Error('mine'));
  releaseTape();
  expect(tf.memory().numTensors).toBe(numTensors);
  x.dispose();
});

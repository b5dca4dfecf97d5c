// SPDX-License-Identifier: Apache-2.0
// Slots that core itself makes: AdaNorm's average, and numbers from the host.

import { constant } from '@optim/fusion';
import { zero, zeros } from '@optim/formulas';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { adaNorm, filled } from '../src/authoring.js';
import { probe } from './probe.js';
import { close, step, variable } from './rules.js';

it('adaNorm stretches gradients shorter than their average, and no others', async () => {
  const Norms = probe<'e' | 'm'>({
    slots: () => ({ e: zero, m: zeros }),
    update({ grad, e }) {
      const { stretched, kept } = adaNorm(grad, e, constant(0.5));
      return { ...kept, m: stretched };
    },
  });
  const optimizer = new Norms();
  const a = variable('a', [0, 0]);
  const seen = async (x: number, y: number): Promise<number[]> => {
    tf.tidy(() => optimizer.applyGradients({ a: tf.tensor([x, y]) }));
    const { m, e } = (await optimizer.stateDict()).parameters[0]!.slots;
    return [...m!.data, ...e!.data];
  };
  expect(await seen(6, 8)).toEqual(close(6, 8, 5));
  expect(await seen(0.6, 0.8)).toEqual(close(1.8, 2.4, 3));
  expect(await seen(0, 0)).toEqual(close(0, 0, 1.5));
  optimizer.dispose();
  a.dispose();
});

it('filled makes slots of numbers from the host, of any shape', async () => {
  const count = filled(
    ({ size }) => [size],
    () => [],
  );
  const Filled = probe<'mask' | 'size' | 'seen'>({
    slots: () => ({
      mask: filled(({ size }) => Array.from({ length: size }, (_, i) => i)),
      size: count,
      seen: filled(
        (_, { step, order }) => [step, order],
        () => [2],
      ),
    }),
    update: ({ mask }) => ({ mask: mask.mul(2) }),
  });
  const optimizer = new Filled();
  const [first, second, third] = ['a', 'b', 'c'].map((name) => variable(name, [1, 1, 1]));
  step(optimizer, first!, third!);
  step(optimizer, second!);
  const { parameters } = await optimizer.stateDict();
  const slots = parameters.map((parameter) => Object.values(parameter.slots).map(({ data }) => [...data]));
  expect(slots).toEqual([
    [[0, 2, 4], [3], [0, 0]],
    [[0, 2, 4], [3], [1, 2]],
    [[0, 2, 4], [3], [0, 1]],
  ]);
  tf.dispose([first!, second!, third!]);
  optimizer.dispose();
});

it('filled makes a slot whose shape depends on the name of the variable', async () => {
  const Reduced = probe<'v'>({
    slots: () => ({
      v: filled(
        ({ name }) => Array.from({ length: name === 'b' ? 2 : 4 }, () => 1),
        (param, name) => (name === 'b' ? [2, 1] : param),
      ),
    }),
    update({ grad, v }) {
      const axes = [0, 1].filter((axis) => grad.shape[axis] !== v.shape[axis]);
      return { v: axes.length > 0 ? v.add(grad.sum(axes)) : v.add(grad) };
    },
  });
  const optimizer = new Reduced();
  const variables = ['a', 'b'].map((name) => tf.tidy(() => tf.variable(tf.zeros([2, 2]), true, name)));
  tf.tidy(() => {
    const tensor = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    optimizer.applyGradients(variables.map(({ name }) => ({ name, tensor })));
  });
  const state = await optimizer.stateDict();
  expect(state.parameters.map(({ slots }) => [...slots['v']!.data])).toEqual([
    [2, 3, 4, 5],
    [4, 8],
  ]);
  await optimizer.loadStateDict(state);
  tf.dispose(variables);
  optimizer.dispose();
});

// SPDX-License-Identifier: Apache-2.0
// Gradients that share their numbers with what a step writes: the step is that along copies.

import * as tf from '@tensorflow/tfjs-core';
import { isDeepStrictEqual } from 'node:util';
import type { Attack } from '../attack.js';
import { Wrong } from '../judge.js';
import { assign, isForeign, make, seen } from '../subjects.js';

type Given = readonly [x: tf.Tensor, y: tf.Tensor];

/** Gradients of two variables of one shape, from the variables and a tensor that the optimizer has handed out. */
const kinds: readonly (readonly [
  what: string,
  of: (x: tf.Variable, y: tf.Variable, slot: tf.Tensor) => Given,
])[] = [
  ['the variable itself', (x, y) => [x, y]],
  ['the other variable', (x, y) => [y, x]],
  ['one variable for both', (x) => [x, x]],
  ['clones of the variables', (x, y) => [tf.clone(x), tf.clone(y)]],
  ['reshaped variables', (x, y) => [tf.reshape(y, x.shape), tf.reshape(x, y.shape)]],
  ['one tensor for both', (x) => ((one) => [one, one] as const)(tf.onesLike(x))],
  ['clones of one tensor', (x) => ((one) => [one, tf.clone(one)] as const)(tf.onesLike(x))],
  ['a slot', (x, _, slot) => [slot, tf.onesLike(x)]],
  ['a clone of a slot', (_, y, slot) => [y, tf.clone(slot)]],
];

/** Two variables of one shape. */
const twins = (): tf.Variable[] =>
  tf.tidy(() =>
    ['kernel', 'twin'].map((name, i) =>
      tf.variable(tf.tensor2d([1, -2, 0.5 + i, 1.5, -1, 2], [2, 3]), true, name),
    ),
  );

export const attackAliases: Attack = async (subject, judge, random, tries) => {
  // The optimizers of TensorFlow.js read variables given as gradients after they have written them.
  if (isForeign(subject)) return;
  const of = twins();
  const [x, y] = of as [tf.Variable, tf.Variable];
  const optimizer = make(subject);
  const loss = tf.scalar(1);
  const step = ([gx, gy]: Given): void => {
    const given = { [x.name]: gx, [y.name]: gy };
    (optimizer.applyGradients as (given: object, loss?: tf.Tensor) => void)(
      given,
      subject.needs.includes('loss') ? loss : undefined,
    );
  };
  const copy = (given: Given): Given =>
    given.map((each) => tf.tensor(each.dataSync().slice(), each.shape)) as never;
  try {
    tf.tidy(() => step([tf.onesLike(x), tf.onesLike(y)]));
  } catch {
    // It steps along gradients that it takes itself.
    optimizer.dispose();
    tf.dispose([...of, loss]);
    return;
  }
  const values = of.map((each) => [...each.dataSync()]);
  const state = await optimizer.stateDict();
  const slots = await optimizer.getWeights();
  for (const [what, giving] of random.some([...kinds], tries)) {
    const slot = slots.find(
      ({ tensor }) => tensor.dtype === 'float32' && tensor.shape.join() === x.shape.join(),
    );
    tf.engine().startScope();
    const after = async (given: Given): Promise<unknown> => {
      step(given);
      const { values: moved, state: kept } = await seen(optimizer, of);
      await optimizer.loadStateDict(state);
      assign(of, values);
      return { moved, kept };
    };
    await judge.judge({
      attack: 'aliases',
      what: `${subject.name}: ${what}`,
      names: subject.names,
      call: async () => {
        const given = (): Given => giving(x, y, slot?.tensor ?? tf.onesLike(x));
        const expected = await after(copy(given()));
        const alias = given();
        const numbers = alias.map((each) => [...each.dataSync()]);
        const found = await after(alias);
        if (!isDeepStrictEqual(found, expected)) throw new Wrong('another step than along copies');
        const now = alias.map((each) => [...each.dataSync()]);
        if (!isDeepStrictEqual(now, numbers)) throw new Wrong('the gradients given have changed');
      },
    });
    tf.engine().endScope();
  }
  optimizer.dispose();
  tf.dispose([...of, loss]);
};

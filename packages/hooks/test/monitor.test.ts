// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { clipByGlobalNorm, monitor, readNorms, skipNonFinite } from '@optim/hooks';
import { describeExecution } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

const variable = (name: string, values: number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor1d(values), true, name));

function step(optimizer: tf.Optimizer, gradients: Record<string, number[]>): void {
  const given = Object.entries(gradients).map(([name, values]) => [name, tf.tensor1d(values)] as const);
  tf.tidy(() => optimizer.applyGradients(Object.fromEntries(given)));
  tf.dispose(given.map(([, tensor]) => tensor));
}

it('takes the norms of each variable and of all, of the last step', async () => {
  const [v, w] = [variable('v', [3, 4]), variable('w', [10])];
  const optimizer = new AdamW({ learningRate: 0.5, weightDecay: 0, transforms: [monitor()] });
  expect(await readNorms(optimizer)).toBeNull();
  step(optimizer, { v: [6, 8], w: [4] });
  const close = (value: number): number => expect.closeTo(value, 5) as number;
  // The first step of AdamW takes 0.5 off every element.
  expect(await readNorms(optimizer)).toEqual({
    gradient: close(Math.hypot(6, 8, 4)),
    update: close(Math.sqrt(0.75)),
    parameter: close(Math.hypot(2.5, 3.5, 9.5)),
    ratio: close(Math.sqrt(0.75) / Math.hypot(2.5, 3.5, 9.5)),
    variables: {
      v: {
        gradient: close(10),
        update: close(Math.sqrt(0.5)),
        parameter: close(Math.hypot(2.5, 3.5)),
        ratio: close(Math.sqrt(0.5) / Math.hypot(2.5, 3.5)),
      },
      w: { gradient: close(4), update: close(0.5), parameter: close(9.5), ratio: close(0.5 / 9.5) },
    },
  });
  optimizer.dispose();
  tf.dispose([v, w]);
});

it('changes no step, sees what hooks before it leave, leaves variables out, and a step left out leaves it', async () => {
  const values = [1, -2, 3];
  const [a, b, c] = [variable('a', values), variable('b', values), variable('c', [5])];
  const make = (hooks: ReturnType<typeof monitor>[]): AdamW =>
    new AdamW({ learningRate: 0.1, transforms: [skipNonFinite(), clipByGlobalNorm(1), ...hooks] });
  const plain = make([]);
  const watched = make([monitor({ norms: ['gradient'], exclude: /c/ })]);
  for (const gradient of [
    [3, 0, 4],
    [NaN, 0, 0],
  ]) {
    step(plain, { a: gradient });
    step(watched, { b: gradient, c: [0] });
  }
  expect(await b.data()).toEqual(await a.data());
  const { variables, ...overall } = (await readNorms(watched))!;
  expect(overall).toEqual({ gradient: expect.closeTo(1, 5) as number });
  expect(variables['b']).toEqual({ gradient: expect.closeTo(1, 5) as number });
  for (const optimizer of [plain, watched]) optimizer.dispose();
  tf.dispose([a, b, c]);
});

it('looks in the first step and every few, changes no step, and makes a program for each kind', async () => {
  const [a, b] = [variable('a', [1, -2]), variable('b', [1, -2])];
  const plain = new AdamW({ learningRate: 0.1 });
  const watched = new AdamW({ learningRate: 0.1, transforms: [monitor({ every: 3, norms: ['gradient'] })] });
  const seen: (number | undefined)[] = [];
  const work = (optimizer: AdamW): number =>
    describeExecution(optimizer).reduce((sum, { operations }) => sum + operations, 0);
  for (let t = 1; t <= 7; t++) {
    step(plain, { a: [t, 0] });
    step(watched, { b: [t, 0] });
    seen.push((await readNorms(watched))!.gradient);
    const looks = [1, 3, 6].includes(t);
    expect(work(watched) > work(plain), `step ${t}`).toBe(looks);
  }
  expect(seen).toEqual([1, 1, 3, 3, 3, 6, 6].map((norm) => expect.closeTo(norm, 5) as number));
  expect(await b.data()).toEqual(await a.data());
  for (const optimizer of [plain, watched]) optimizer.dispose();
  tf.dispose([a, b]);
});

it('is saved with an optimizer, and says what is wrong', async () => {
  const config = new AdamW({ transforms: [monitor({ norms: ['update'] })] }).getConfig();
  const again = AdamW.fromConfig(AdamW as never, JSON.parse(JSON.stringify(config)) as never) as AdamW;
  expect(again.getConfig()).toEqual(config);
  expect(() => monitor({ norms: ['gradients' as 'gradient'] })).toThrow(
    new TypeError('monitor: norms must be some of gradient, update, parameter, got ["gradients"]'),
  );
  expect(() => monitor({ every: 0 })).toThrow(
    new RangeError('monitor: every must be an integer in [1, ∞), got 0'),
  );
  const sgd = tf.train.sgd(0.1);
  expect(await readNorms(sgd)).toBeNull();
  sgd.dispose();
});

it.each([true, undefined, {}, () => 0])('says that it is not given an optimizer: %s', async (wrong) => {
  await expect(readNorms(wrong as never)).rejects.toThrow(
    /^readNorms: optimizer must be an optimizer, got (true|undefined|an object \(Object\)|a function)$/,
  );
});

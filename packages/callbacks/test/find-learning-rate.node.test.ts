// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { findLearningRate } from '@optim/callbacks';
import { Lookahead } from '@optim/lookahead';
import { SGDW } from '@optim/sgdw';
import { Split } from '@optim/split';
import type { BaseOptimizer } from '@optim/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { free, inOrder, network, weightsOf, withData } from './network.js';

it('leaves everything as it was, bit for bit, and training goes on so', () =>
  withData(async ({ xs, ys }) => {
    const learningRate = (step: number): number => 0.1 / (step + 1);
    const make = (): tf.Optimizer => new Lookahead(new AdamW({ learningRate }));
    const [plain, tried] = [network(make()), network(make())];
    for (const model of [plain, tried]) await model.fit(xs, ys, { ...inOrder, epochs: 1 });
    const optimizer = tried.optimizer as BaseOptimizer;
    const state = await optimizer.stateDict();
    const before = weightsOf(tried);
    const data = { xs, ys, batchSize: 4 };
    const { rates, losses } = await findLearningRate({ model: tried, data, from: 1e-4, to: 1, steps: 5 });
    expect(rates.map((rate) => Math.log10(rate))).toEqual(
      [-4, -3, -2, -1, 0].map((log) => expect.closeTo(log, 9) as number),
    );
    expect(new Set(losses).size).toBe(5);
    expect(weightsOf(tried)).toEqual(before);
    expect(await optimizer.stateDict()).toEqual(state);
    for (const model of [plain, tried]) await model.fit(xs, ys, { ...inOrder, epochs: 1 });
    expect(weightsOf(tried)).toEqual(weightsOf(plain));
    expect(optimizer.learningRate).toBe(learningRate(8));
    free(plain, tried);
  }));

it('finds the rate where the loss of a parabola falls most, and ends where it explodes', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3])));
  const optimizer = new SGDW({ learningRate: 1, momentum: 0, weightDecay: 0 });
  const loss = (): tf.Scalar => tf.sum(tf.square(x)) as tf.Scalar;
  const found = await findLearningRate({ optimizer, loss, from: 1e-4, to: 100, steps: 61, smoothing: 0 });
  // x ← x·(1 − 2·rate)
  let value = 3;
  found.losses.slice(0, 10).forEach((each, i) => {
    expect(each).toBeCloseTo(value ** 2, 3);
    value *= 1 - 2 * found.rates[i]!;
  });
  expect(found.losses.length).toBeLessThan(61);
  expect(found.suggestion).toBeGreaterThan(0.01);
  expect(found.suggestion).toBeLessThan(0.5);
  expect([...x.dataSync()]).toEqual([3]);
  expect([optimizer.learningRate, optimizer.iterations]).toEqual([1, 0]);
  const picture = found.plot();
  expect(picture).toMatch(/^<svg [^]*1e-2[^]*learning rate[^]*<polyline points="72\.0,[^]*<\/svg>\n$/);
  optimizer.dispose();
  x.dispose();
});

it('takes no batch at the beginning for a fall', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3])));
  const optimizer = new SGDW({ momentum: 0, weightDecay: 0 });
  let calls = 0;
  const loss = (): tf.Scalar => tf.add(tf.sum(tf.square(x)), calls++ === 0 ? 5 : 0);
  const { suggestion } = await findLearningRate({ optimizer, loss, from: 1e-4, to: 1, steps: 60 });
  expect(suggestion).toBeGreaterThan(0.01);
  expect(suggestion).toBeLessThan(0.5);
  optimizer.dispose();
  x.dispose();
});

it('leaves everything as it was where the loss throws, and for an optimizer of TensorFlow.js', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3])));
  let calls = 0;
  const loss = (): tf.Scalar => {
    if (++calls === 3) throw new Error('no more');
    return tf.sum(tf.square(x)) as tf.Scalar;
  };
  const optimizer = new AdamW({ learningRate: 0.5 });
  await expect(findLearningRate({ optimizer, loss })).rejects.toThrow('no more');
  expect([[...x.dataSync()], optimizer.learningRate, optimizer.iterations]).toEqual([[3], 0.5, 0]);
  const sgd = tf.train.sgd(0.25);
  const { suggestion } = await findLearningRate({
    optimizer: sgd,
    loss,
    from: 1e-9,
    to: 1e-8,
    steps: 3,
    smoothing: 0,
  });
  expect(suggestion).toBeNull();
  expect([[...x.dataSync()], (sgd as unknown as { learningRate: number }).learningRate]).toEqual([[3], 0.25]);
  optimizer.dispose();
  sgd.dispose();
  x.dispose();
});

it('says what is wrong', async () => {
  await expect(findLearningRate({})).rejects.toThrow(
    new TypeError(
      'findLearningRate: must be given { model, data } or { optimizer, loss }, got an object (Object)',
    ),
  );
  const optimizer = new AdamW();
  const loss = (): tf.Scalar => tf.scalar(0);
  await expect(findLearningRate({ optimizer, loss, from: 1, to: 0.5 })).rejects.toThrow(
    new RangeError('findLearningRate: to must be above from (1), got 0.5'),
  );
  const model = network(optimizer, false);
  await expect(findLearningRate({ model, data: [] })).rejects.toThrow(
    new RangeError('findLearningRate: data must have at least one batch, got none'),
  );
  free(model);
});

it('refuses a second search while one goes on, which would take its weights for those of the user', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3]), true, 'x'));
  const loss = (): tf.Scalar => tf.sum(tf.square(x)) as tf.Scalar;
  const optimizer = new AdamW();
  const first = findLearningRate({ optimizer, loss, steps: 3 });
  await expect(findLearningRate({ optimizer, loss, steps: 3 })).rejects.toThrow(
    'findLearningRate: another search is going on; wait for it',
  );
  await first;
  expect((await findLearningRate({ optimizer, loss, steps: 3 })).rates).toHaveLength(3);
  expect(x.dataSync()).toEqual(Float32Array.of(3));
  optimizer.dispose();
  x.dispose();
});

it('gives the rates of all that is inside a wrapper back', async () => {
  const x = tf.tidy(() => tf.variable(tf.tensor1d([3]), true, 'x'));
  const loss = (): tf.Scalar => tf.sum(tf.square(x)) as tf.Scalar;
  const learningRate = (step: number): number => 0.1 / (step + 1);
  const other = new AdamW({ learningRate });
  const optimizer = new Split(new AdamW({ learningRate: 0.3 }), {
    groups: [{ match: /x/, optimizer: other }],
  });
  const options = { optimizer, loss, from: 1e-3, to: 1, steps: 3 };
  expect((await findLearningRate(options)).rates).toHaveLength(3);
  expect([optimizer.learningRate, other.learningRate]).toEqual([0.3, 0.1]);
  optimizer.minimize(loss, false, [x]);
  expect(other.learningRate).toBe(0.05);
  optimizer.dispose();
  x.dispose();
});

// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import { SGDW } from '@optim/sgdw';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distributedRounds, type DistributedRoundsOptions } from '../src/index.js';
import { Broker, lacking } from './broker.js';

const missing = lacking();

describe.skipIf(missing)(`models over NATS${missing ? `: SKIPPED, for want of ${missing}` : ''}`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await Broker.start();
  });
  afterAll(() => broker.stop());

  it('trains a model by a callback of fit, statistics of batch normalization too', async () => {
    const fitted = async (run: string | null): Promise<number[][]> => {
      const model = layers.sequential();
      model.add(layers.layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'ones', name: 'd' }));
      model.add(layers.layers.batchNormalization({ name: 'n' }));
      const [optimizer, outer] = [new AdamW({ learningRate: 0.1 }), new SGDW({ learningRate: 1 })];
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const connection = await broker.connect();
      const rounds =
        run && (await distributedRounds({ connection, run, optimizer, outer, model, localSteps: 4 }));
      const [x, y] = [
        tf.tensor2d([
          [0, 1],
          [1, 0],
          [2, 2],
          [1, 3],
        ]),
        tf.zeros([4, 2]),
      ];
      await model.fit(x, y, {
        epochs: 4,
        batchSize: 2,
        shuffle: false,
        verbose: 0,
        callbacks: rounds ? [rounds] : [],
      });
      if (rounds) expect(rounds.round).toBe(2);
      await (rounds && rounds.close());
      const values = await Promise.all(model.getWeights().map(async (each) => [...(await each.data())]));
      for (const each of [optimizer, outer, model]) each.dispose();
      tf.dispose([x, y]);
      return values;
    };
    // Alone, and with FedAvg, a worker comes out where it would have come by itself.
    const [alone, inRounds] = [await fitted(null), await fitted('model')];
    expect(inRounds).toHaveLength(6);
    inRounds.forEach((values, i) =>
      values.forEach((value, j) => expect(value).toBeCloseTo(alone[i]![j]!, 5)),
    );
  });

  it('refuses what does not fit, before anything changes', async () => {
    const connection = await broker.connect();
    const [optimizer, outer] = [new AdamW(), new SGDW({ learningRate: 1 })];
    const x = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), true, 'x'));
    const other = tf.tidy(() => tf.variable(tf.tensor1d([1, 2, 3]), true, 'y'));
    const whole = { connection, run: 'refused', optimizer, outer, variables: [x], localSteps: 1 };
    const join = (options: Partial<DistributedRoundsOptions>): Promise<unknown> =>
      distributedRounds({ ...whole, ...options });
    const schedulefree = new ScheduleFreeAdamW();
    const wrong: [Partial<DistributedRoundsOptions>, string][] = [
      [{ connection: {} as never }, 'connection must be a connection to NATS'],
      [{ run: 'a b' }, 'run must be up to 64 letters, digits, - and _, got "a b"'],
      [{ outer: optimizer }, 'outer must be an optimizer of @optim of its own, got the inner one'],
      [{ optimizer: schedulefree }, "mode must be 'reset' with ScheduleFreeAdamW.z"],
      [{ localSteps: 0 }, 'localSteps must be an integer in [1, ∞), got 0'],
      [{ variables: [] }, 'variables must have names of their own, at least one'],
      [{ variables: undefined }, 'must be given a model or variables'],
    ];
    for (const [options, message] of wrong) await expect(join(options)).rejects.toThrow(message);
    const rounds = await distributedRounds(whole);
    await expect(join({ variables: { x: other } })).rejects.toThrow('global state must be of round 0');
    await expect(join({ outer: new AdamW() })).rejects.toThrow('SGDW');
    expect([...(await other.data())]).toEqual([1, 2, 3]);
    const nan = tf.tensor1d([1, Number.NaN]);
    x.assign(nan);
    await expect(rounds.exchange()).rejects.toThrow('finite weights, got others in "x"');
    await rounds.close();
    tf.dispose([nan, x, other]);
    for (const each of [optimizer, outer, schedulefree]) each.dispose();
  });
});

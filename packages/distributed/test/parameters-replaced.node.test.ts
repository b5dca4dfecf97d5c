// SPDX-License-Identifier: Apache-2.0

import { AdamW } from '@optim/adamw';
import { FTRL } from '@optim/ftrl';
import { Lookahead } from '@optim/lookahead';
import { ScheduleFreeAdamW } from '@optim/schedulefree';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onParametersReplaced } from '../src/index.js';

/** A variable that owns its numbers. */
function variableOf(name: string, values: number[], trainable = true): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values), trainable, name));
}

it('refuses to keep slots that hold a point', async () => {
  const optimizers = [
    [new ScheduleFreeAdamW(), 'ScheduleFreeAdamW.z'],
    [new Lookahead(new AdamW()), 'Lookahead.slow'],
    [new Lookahead(new ScheduleFreeAdamW()), 'ScheduleFreeAdamW.z'],
    [new FTRL(), 'FTRL.z'],
  ] as const;
  for (const [optimizer, slot] of optimizers) {
    const message = new RegExp(`mode must be 'reset' with .*${slot}.*got 'keep'`);
    await expect(onParametersReplaced(optimizer, 'keep')).rejects.toThrow(message);
    optimizer.dispose();
  }
  await expect(onParametersReplaced(new AdamW(), 'drop' as never)).rejects.toThrow('got "drop"');
  const foreign = tf.train.adam();
  await expect(onParametersReplaced(foreign, 'reset')).rejects.toThrow('cannot be reset');
  foreign.dispose();
});

it.each([
  ['AdamW', () => new AdamW({ learningRate: 0.1 })],
  ['Lookahead', () => new Lookahead(new ScheduleFreeAdamW({ learningRate: 0.1 }), { k: 2 })],
])('after a reset, %s steps from the new weights as one that is new', async (_name, make) => {
  const grads = { x: tf.tensor1d([1, -3]), y: tf.tensor1d([1, -3]) };
  const [x, y] = ['x', 'y'].map((name) => variableOf(name, [1, 2], true));
  const [used, fresh] = [make(), make()];
  for (let i = 0; i < 5; i++) used.applyGradients({ x: grads.x });
  x!.assign(y!);
  await onParametersReplaced(used, 'reset');
  for (let i = 0; i < 3; i++) {
    used.applyGradients({ x: grads.x });
    fresh.applyGradients({ y: grads.y });
  }
  expect([...(await x!.data())]).toEqual([...(await y!.data())]);
  expect(used.iterations).toBe(3);
  used.dispose();
  fresh.dispose();
  tf.dispose([grads, x!, y!]);
});

it('a rate that is set while it waits stays', async () => {
  const x = variableOf('x', [1, 2]);
  const optimizer = new AdamW({ learningRate: 0.1 });
  tf.tidy(() => optimizer.applyGradients({ x: tf.tensor1d([1, 1]) }) as undefined);
  const pending = onParametersReplaced(optimizer, 'reset');
  optimizer.learningRate = 0.5;
  await pending;
  expect([optimizer.iterations, optimizer.learningRate]).toEqual([0, 0.5]);
  optimizer.dispose();
  x.dispose();
});

// SPDX-License-Identifier: Apache-2.0
// Sums over many parameters, which the AddN of webgpu gets wrong.

import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { total } from '../src/authoring.js';
import { Normed, read, step, variable } from './rules.js';

it.each([1, 2, 7, 8, 9, 13, 14, 40, 200])('a round sums over %d parameters', async (count) => {
  const variables = Array.from({ length: count }, (_, i) => variable(`v${i}`, [0]));
  const optimizer = new Normed();
  step(optimizer, ...variables);
  // The norm of all gradients, of ones, is the root of their count.
  expect((await optimizer.readGlobals())['longest']).toBeCloseTo(Math.sqrt(count), 5);
  expect(await read(variables.at(-1)!)).toEqual([expect.closeTo(-0.5 / Math.sqrt(count), 5)]);
  const sum = tf.tidy(() => total(variables.map((_, i) => tf.tensor([i + 1], i % 2 ? [1, 1] : [1]))));
  expect(await read(sum)).toEqual([(count * (count + 1)) / 2]);
  sum.dispose();
  optimizer.dispose();
  tf.dispose(variables);
});

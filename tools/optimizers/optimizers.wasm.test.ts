// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDigits } from '../digits/digits.js';
import { loadTrials } from '../trials.js';
import { setting } from './setting.js';
import { attempt, mean, threshold } from './trial.js';

const trials = await loadTrials();

let digits: ReturnType<typeof loadDigits>;

beforeAll(() => {
  digits = loadDigits(setting.training.seed, setting.counts);
});

afterAll(() => {
  for (const { images, labels } of Object.values(digits)) tf.dispose([images, labels]);
});

// A leak check runs around every test.
describe('ten epochs on MNIST', () => {
  it.each(Object.entries(trials))('%s learns', async (_name, make) => {
    const { accuracy, losses } = await attempt(make, digits);
    expect(accuracy).toBeGreaterThan(threshold);
    expect(mean(losses.slice(-20))).toBeLessThan(losses[0]! / 2);
  });
});

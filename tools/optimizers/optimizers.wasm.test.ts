// SPDX-License-Identifier: Apache-2.0

import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDigits } from '../mnist/data.js';
import { root } from '../workspace.js';
import { zoo } from '../zoo/index.js';
import { mean } from './table.js';
import { attempt, setting, threshold } from './trial.js';

let digits: ReturnType<typeof loadDigits>;

beforeAll(() => {
  digits = loadDigits(setting.training.seed, setting.counts);
});

afterAll(() => {
  for (const { images, labels } of Object.values(digits)) tf.dispose([images, labels]);
});

// A leak check runs around every test.
describe('ten epochs on MNIST', () => {
  it.each(Object.keys(zoo))('%s learns', async (name) => {
    const { accuracy, losses } = await attempt(name, digits);
    expect(accuracy).toBeGreaterThan(threshold);
    expect(mean(losses.slice(-20))).toBeLessThan(losses[0]! / 2);
  });
});

it('docs/optimizers.md has a row for every class, and no other', () => {
  const text = readFileSync(join(root, 'docs', 'optimizers.md'), 'utf8');
  const listed = [...text.matchAll(/^\| (\w+) +\| \[/gm)].map(([, name]) => name!);
  expect(listed.sort()).toEqual(Object.keys(zoo).sort());
});

// SPDX-License-Identifier: Apache-2.0
// What is traced for shapes is kept, and is bounded.

import { Bounded } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { mostPrograms } from '../src/step/tracer.js';
import { Heavy, read, step, variable } from './rules.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it.runIf(inject('backend') === 'cpu')('1,000 shapes leave few programs, and step rightly', async () => {
  const asked = vi.spyOn(Bounded.prototype, 'get');
  const optimizer = new Heavy();
  const first = variable('first', [1, 2]);
  for (let n = 1; n <= 1000; n++) {
    const x = tf.tidy(() => tf.variable(tf.ones([1 + (n % 40), 1 + Math.floor(n / 40)]), true, `x${n}`));
    step(optimizer, x);
    x.dispose();
  }
  const sizes = [...new Set(asked.mock.contexts)].map((cache) => (cache as Bounded<string, unknown>).size);
  expect(sizes).toContain(mostPrograms);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(512);
  // m = 1, then 1.5: what was forgotten is traced anew.
  step(optimizer, first);
  step(optimizer, first);
  expect(await read(first)).toEqual([1 - 0.5 - 0.75, 2 - 0.5 - 0.75]);
  optimizer.dispose();
  first.dispose();
});

it.runIf(inject('backend') === 'cpu')(
  'a plan of more shapes than are kept has its programs, step after step',
  async () => {
    const count = mostPrograms + 50;
    const variables = Array.from({ length: count }, (_, i) => {
      const shape = [1 + (i % 20), 1 + Math.floor(i / 20)];
      return tf.tidy(() => tf.variable(tf.ones(shape), true, `v${i}`));
    });
    const optimizer = new Heavy();
    step(optimizer, ...variables);
    const asked = vi.spyOn(Bounded.prototype, 'get');
    step(optimizer, ...variables);
    expect(asked).not.toHaveBeenCalled();
    for (const x of variables.slice(0, 3)) expect((await read(x))[0]).toBe(1 - 0.5 - 0.75);
    optimizer.dispose();
    tf.dispose(variables);
  },
);

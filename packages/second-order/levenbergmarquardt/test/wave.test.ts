// SPDX-License-Identifier: Apache-2.0
// A first training: what the method is for, in numbers.

import { LevenbergMarquardt } from '@optim/levenbergmarquardt';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, inject, it } from 'vitest';
import { wave } from './wave.js';

// Slow in software rendering.
describe.skipIf(inject('backend').startsWith('web'))('a wave by a small network', () => {
  it('is fitted to a mean squared error of 5e-4 in 60 evaluations, where Adam is above 1e-3', async () => {
    const { problem, call } = wave();
    const optimizer = new LevenbergMarquardt();
    let [half, evaluations] = [Infinity, 0];
    for (let calls = 1; evaluations + calls < 60 && !optimizer.stalled; calls++) {
      half = await call(optimizer);
      ({ evaluations } = (await optimizer.readGlobals()) as { evaluations: number });
    }
    expect((2 * half) / 60).toBeLessThan(5e-4);
    optimizer.dispose();
    problem.dispose();
    for (const rate of [0.01, 0.03, 0.1]) {
      const { problem: other } = wave();
      const adam = tf.train.adam(rate);
      for (let n = 0; n < 60; n++) adam.minimize(other.loss, false, other.variables);
      const left = other.loss();
      expect((2 * (await left.data())[0]!) / 60, `Adam at ${rate}`).toBeGreaterThan(1e-3);
      adam.dispose();
      left.dispose();
      other.dispose();
    }
  });
});

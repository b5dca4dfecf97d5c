// SPDX-License-Identifier: Apache-2.0

import { PNM, type PNMOptions } from '@optim/pnm';
import { expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/PNM.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new PNM(options));

describe('PNM', () => {
  // β₁² = ¼
  const pnm = (options: PNMOptions = {}): PNM => new PNM({ learningRate: 1, beta1: 0.5, ...options });

  it('feeds its averages in turn, and lets them decay in their own', async () => {
    // a: 3 in step 1, ¼·3 in 3; b: 1.5 in step 2. With β₂ = 0 the one that was fed is the step.
    expectWalk(await walk(pnm({ beta2: 0 }), [10], [[4], [2], [0]]), [[7], [5.5], [4.75]]);
  });

  it('subtracts the average that was not fed, and keeps the length of the noise', async () => {
    // (2P − N)/√5: 6, 2·1.5 − 3, 2·0.75 − 1.5.
    const root5 = Math.sqrt(5);
    const first = 10 - 6 / root5;
    expectWalk(await walk(pnm(), [10], [[4], [2], [0]]), [[first], [first], [first]]);
    // (1.75·P − 0.75·N)/√(1.75² + 0.75²)
    const noise = Math.hypot(1.75, 0.75);
    const second = 10 - (1.75 * 3) / noise;
    expectWalk(await walk(pnm({ beta2: 0.75 }), [10], [[4], [2]]), [
      [second],
      [second - (1.75 * 1.5 - 0.75 * 3) / noise],
    ]);
  });

  it('counts the steps of each parameter for itself', async () => {
    const optimizer = pnm({ beta2: 0 });
    const [x, late] = tf.tidy(() => [
      tf.variable(tf.scalar(0), true, 'x'),
      tf.variable(tf.scalar(0), true, 'late'),
    ]);
    const step = (...names: string[]): void =>
      tf.tidy(() => optimizer.applyGradients(Object.fromEntries(names.map((name) => [name, tf.scalar(4)]))));
    step('x');
    step('x', 'late');
    const slots = (await optimizer.stateDict()).parameters.map(({ slots: { a, b } }) => [
      ...a!.data,
      ...b!.data,
    ]);
    expect(slots).toEqual([
      [3, 3],
      [3, 0],
    ]);
    tf.dispose([x!, late!]);
    optimizer.dispose();
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta1: 1 }, 'beta1 must be in [0, 1), got 1'],
    [{ beta2: 1.1 }, 'beta2 must be in [0, 1], got 1.1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new PNM(options)).toThrow(new RangeError(`PNM: ${message}`));
  });
});

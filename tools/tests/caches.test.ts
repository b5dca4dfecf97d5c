// SPDX-License-Identifier: Apache-2.0
// What every class leaves behind for shapes that it has met: programs and kernels of which there are few.

import { Bounded } from '@optim/fusion';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadTrials } from '../trials.js';
import { lossFor } from './losses.js';

/** Those that once kept a kernel for every shape meet more of them. */
const suspects = ['AdaFactor', 'Adai', 'CAME', 'Nero', 'Ranger', 'Ranger21', 'Tiger'];

const trials = await loadTrials();

/** Shapes of which none comes again; those of the first half have all lengths that are special, 1 above all. */
const shapesOf = (count: number): number[][] =>
  Array.from({ length: count }, (_, n) => (n % 3 ? [1 + (n % 20), 1 + Math.floor(n / 20)] : [1 + n]));

/** One step for a variable of that shape; some classes ask for more than a loss. */
function stepOn(optimizer: tf.Optimizer, name: string, shape: readonly number[]): void {
  const width = name === 'RotoGrad' ? [1 + shape[0]!, 2] : [...shape];
  const x = tf.tidy(() => tf.variable(tf.add(tf.randomUniform(width, 0, 1, 'float32', 3), 0.5), true));
  optimizer.minimize(lossFor(name, x), false, [x]);
  x.dispose();
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('after many shapes', () => {
  // L-BFGS keeps to the variables of its first step.
  it.each(Object.keys(trials).filter((name) => name !== 'LBFGS'))(
    '%s has few programs and kernels',
    (name) => {
      const modules = vi.spyOn(WebAssembly, 'Module');
      const asked = vi.spyOn(Bounded.prototype, 'get');
      const optimizer = trials[name]!(2000);
      const count = suspects.includes(name) ? 200 : 40;
      const shapes = shapesOf(count);
      for (const shape of shapes.slice(0, count / 2)) stepOn(optimizer, name, shape);
      const before = modules.mock.calls.length;
      for (const shape of shapes.slice(count / 2)) stepOn(optimizer, name, shape);
      // Sizes are arguments of kernels: the second half, with several to a shape, finds most of them there.
      expect(modules.mock.calls.length - before).toBeLessThanOrEqual(count / 3);
      const sizes = [...new Set(asked.mock.contexts)].map(
        (cache) => (cache as Bounded<string, unknown>).size,
      );
      if (suspects.includes(name)) expect(sizes).toContain(256);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(512);
      optimizer.dispose();
    },
  );
});

// SPDX-License-Identifier: Apache-2.0

import { CAME, type CAMEOptions } from '@optim/came';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/CAME.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new CAME(options));

describe('CAME', () => {
  const came = (options: CAMEOptions = {}): CAME =>
    new CAME({ learningRate: 0.5, beta1: 0.5, beta2: 0.75, beta3: 0.75, ...options });

  it('clips the update, and steps vectors by its average alone', async () => {
    // V = g²/4, u = ±2, clipped to ±1. Then V = [27/16, 7], u = [0, 4/√7], clipped to an RMS of 1: [0, √2].
    const gradients = [
      [3, -4],
      [0, -4],
    ];
    expectWalk(await walk(came({ beta1: 0 }), [1, 1], gradients), [
      [0.5, 1.5],
      [0.5, 1.5 + Math.SQRT1_2],
    ]);
    // The threshold is above the update: m = ½·2, then ½·[0, 4/√7] + ½·m.
    expectWalk(await walk(came({ clipThreshold: 4 }), [1, 1], gradients), [
      [0.5, 1.5],
      [0.25, 1.5 + 0.25 + 1 / Math.sqrt(7)],
    ]);
  });

  it('steps matrices the further the steadier their updates are', async () => {
    const steps = async (factor: number): Promise<number[][]> => {
      const optimizer = came({ epsilon2: 1e-20 });
      const x = tf.tidy(() => tf.variable(tf.zeros([2, 3]), true, 'x'));
      const seen: number[][] = [];
      // Of rank 1, so that R·C/mean(R) is the mean of g² itself.
      for (const sign of [1, factor]) {
        const rows = [
          [1, -2, 4],
          [3, -6, 12],
        ].map((row) => row.map((g) => g * sign));
        tf.tidy(() => optimizer.applyGradients({ x: tf.tensor2d(rows) }));
        seen.push([...(await x.data())]);
      }
      x.dispose();
      optimizer.dispose();
      return seen;
    };
    const all = (step: number): number[] => [step, -step, step, step, -step, step];
    // u = 1, m = ½, (u − m)² = ¼, S = ¼·¼: a step of ½·½/¼ = 1.
    // Then m = ¾, (u − m)² = 1/16 = S: ½·3. Or u = −1, m = −¼, (u − m)² = 9/16, S = 3/16: −½/√3.
    for (const [factor, second] of [
      [1, 1.5],
      [-1, -0.5 / Math.sqrt(3)],
    ] as const) {
      const seen = await steps(factor);
      expectClose('first', seen[0]!, all(-1), 1e-5);
      expectClose('second', seen[1]!, all(-1 - second), 1e-5);
    }
  });

  it('factors over the two longest axes, and keeps V for vectors and scalars', async () => {
    const optimizer = came();
    const shapes = [[], [4], [3, 2], [4, 2, 3]];
    const variables = shapes.map((shape, i) => tf.tidy(() => tf.variable(tf.zeros(shape), true, `x${i}`)));
    tf.tidy(() => optimizer.applyGradients(variables.map((x) => ({ name: x.name, tensor: tf.onesLike(x) }))));
    const { parameters } = await optimizer.stateDict();
    const slots = parameters.map(({ slots: kept }) =>
      Object.fromEntries(Object.entries(kept).map(([name, { shape }]) => [name, shape])),
    );
    expect(slots).toEqual([
      { m: [], V: [] },
      { m: [4], V: [4] },
      { m: [3, 2], R: [1, 2], C: [3, 1], Rs: [1, 2], Cs: [3, 1] },
      { m: [4, 2, 3], R: [1, 2, 3], C: [4, 2, 1], Rs: [1, 2, 3], Cs: [4, 2, 1] },
    ]);
    tf.dispose(variables);
    optimizer.dispose();
  });

  it('leaves what has no gradient where it is, and stays finite at gradients that float32 cannot square', async () => {
    const optimizer = came();
    const x = tf.tidy(() => tf.variable(tf.ones([2, 2]), true, 'x'));
    tf.tidy(() => optimizer.applyGradients({ x: tf.zeros([2, 2]) }));
    expect([...(await x.data())]).toEqual([1, 1, 1, 1]);
    tf.tidy(() => optimizer.applyGradients({ x: tf.fill([2, 2], 1e-22) }));
    expect([...(await x.data())].every(Number.isFinite)).toBe(true);
    x.dispose();
    optimizer.dispose();
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta3: 1 }, 'beta3 must be in [0, 1), got 1'],
    [{ clipThreshold: 0 }, 'clipThreshold must be in (0, ∞), got 0'],
    [{ epsilon1: -1 }, 'epsilon1 must be in [0, ∞), got -1'],
    [{ epsilon2: NaN }, 'epsilon2 must be in [0, ∞), got NaN'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new CAME(options)).toThrow(new RangeError(`CAME: ${message}`));
  });
});

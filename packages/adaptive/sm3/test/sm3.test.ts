// SPDX-License-Identifier: Apache-2.0

import { SM3, type SM3Options } from '@optim/sm3';
import { expectClose, expectWalk, suite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/SM3.json' with { type: 'json' };
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

suite(golden, (options) => new SM3(options));

describe('SM3', () => {
  const sm3 = (options: SM3Options = {}): SM3 => new SM3({ learningRate: 1, momentum: 0, ...options });

  it('keeps the largest of each row and column, and bounds an element by the smaller', async () => {
    const optimizer = sm3({ learningRate: 0.5 });
    const x = tf.tidy(() => tf.variable(tf.zeros([2, 3]), true, 'x'));
    const step = async (gradients: number[][]): Promise<Record<string, { shape: readonly number[] }>> => {
      tf.tidy(() => optimizer.applyGradients({ x: tf.tensor2d(gradients) }));
      return (await optimizer.stateDict()).parameters[0]!.slots;
    };
    // ν = g²: rows 9, 16; columns 16, 4, 9.
    const first = await step([
      [1, 2, 3],
      [4, 0, 0],
    ]);
    expect(first).toMatchObject({
      A0: { shape: [2, 1], data: Float32Array.of(9, 16) },
      A1: { shape: [1, 3], data: Float32Array.of(16, 4, 9) },
    });
    expectClose('first step', await x.data(), [-0.5, -0.5, -0.5, -0.5, 0, 0], 1e-6);
    // Bounds [9, 4, 9], [16, 4, 9], to which 9 is added at [1, 2] alone.
    const second = await step([
      [0, 0, 0],
      [0, 0, 3],
    ]);
    expect(second).toMatchObject({
      A0: { data: Float32Array.of(9, 18) },
      A1: { data: Float32Array.of(16, 4, 18) },
    });
    const last = -0.5 * (3 / Math.sqrt(18));
    expectClose('second step', await x.data(), [-0.5, -0.5, -0.5, -0.5, 0, last], 1e-6);
    expect(Object.keys(second)).toEqual(['A0', 'A1']);
    x.dispose();
    optimizer.dispose();
  });

  it('has an accumulator per axis', async () => {
    const optimizer = sm3();
    const shapes = [[], [4], [2, 1, 3], [1, 2, 1, 3, 2, 2]];
    const variables = shapes.map((shape, i) => tf.tidy(() => tf.variable(tf.zeros(shape), true, `x${i}`)));
    tf.tidy(() => optimizer.applyGradients(variables.map((x) => ({ name: x.name, tensor: tf.onesLike(x) }))));
    const { parameters } = await optimizer.stateDict();
    expect(parameters.map(({ slots }) => Object.values(slots).map(({ shape }) => shape))).toEqual([
      [[]],
      [[4]],
      [
        [2, 1, 1],
        [1, 1, 1],
        [1, 1, 3],
      ],
      shapes[3]!.map((length, axis) => shapes[3]!.map((_, i) => (i === axis ? length : 1))),
    ]);
    for (const x of variables) expect(new Set(await x.data())).toEqual(new Set([-1]));
    tf.dispose(variables);
    optimizer.dispose();
  });

  it('is AdaGrad for vectors, and moves by the learning rate first, whatever the gradient', async () => {
    expectWalk(
      await walk(
        sm3(),
        [0, 0],
        [
          [3, -1e-5],
          [4, 0],
        ],
      ),
      [
        [-1, 1],
        [-1.8, 1],
      ],
    );
  });

  it('averages the squares with beta, and lets the average fall', async () => {
    // ν: 2, 1, ½ + 2.
    expectWalk(await walk(sm3({ beta: 0.5 }), [0], [[2], [0], [2]]), [
      [-Math.SQRT2],
      [-Math.SQRT2],
      [-Math.SQRT2 - 2 / Math.sqrt(2.5)],
    ]);
  });

  it('averages the scaled gradients, not the gradients', async () => {
    // s: 1, 0.8; m: 0.5, 0.65.
    expectWalk(await walk(sm3({ momentum: 0.5 }), [0], [[3], [4]]), [[-0.5], [-1.15]]);
  });

  it('takes 0/0 for 0, and does not hide NaN', async () => {
    expect(await walk(sm3({ epsilon: 0 }), [1, 1], [[0, NaN]])).toEqual([[1, NaN]]);
  });

  it.each([
    [{ learningRate: -1 }, 'learningRate must be in [0, ∞), got -1'],
    [{ momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ epsilon: -1e-8 }, 'epsilon must be in [0, ∞), got -1e-8'],
  ])('refuses %o', (options, message) => {
    expect(() => new SM3(options)).toThrow(new RangeError(`SM3: ${message}`));
  });
});

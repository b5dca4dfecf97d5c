// SPDX-License-Identifier: Apache-2.0

import { conformance, expectClose, expectWalk, goldenSuite, walk } from '@optim/testing';
import golden from '@optim/testing/golden/Tiger.json' with { type: 'json' };
import { Tiger, type TigerOptions } from '@optim/tiger';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

goldenSuite(golden, (options) => new Tiger(options));
// The default averages over too many steps to settle in a test.
conformance((options) => new Tiger({ beta: 0.8, ...options }));

describe('Tiger', () => {
  const tiger = (options: TigerOptions = {}): Tiger =>
    new Tiger({ learningRate: 0.125, beta: 0.5, weightDecay: 0, ...options });

  /** The elements of a variable after one step, in which all elements have the same gradient. */
  async function stepped(
    name: string,
    start: number[],
    shape: number[],
    options: TigerOptions = {},
    gradient = 7,
  ): Promise<number[]> {
    const optimizer = tiger(options);
    const variable = tf.tidy(() => tf.variable(tf.tensor(start, shape), true, name));
    tf.tidy(() => optimizer.applyGradients({ [name]: tf.fill(shape, gradient) }));
    const values = [...(await variable.data())];
    variable.dispose();
    optimizer.dispose();
    return values;
  }

  const matrix = [6, 8, 1, 1];
  const minus = (values: number[], by: number | number[], decay = 0): number[] =>
    values.map((value, i) => {
      const s = 0.125 * (typeof by === 'number' ? by : by[i]!);
      return value - s * (1 + decay * value);
    });

  it('steps by the size of the tensor, of the row in embeddings, by one half in vectors', async () => {
    const whole = Math.sqrt((36 + 64 + 2) / 4);
    const row = Math.sqrt((36 + 64) / 2);
    const sizes: [string, number | number[]][] = [
      ['dense/kernel', whole],
      ['embedding_1/embeddings', [row, row, 1, 1]],
      ['dense/bias', 0.5],
      ['norm/beta', 0.5],
      ['norm/gamma', 0.5],
      ['embedding_1/bias', 0.5],
    ];
    for (const [name, size] of sizes)
      expectClose(name, await stepped(name, matrix, [2, 2]), minus(matrix, size), 1e-6);
    expectClose('a vector', await stepped('kernel', matrix, [4]), minus(matrix, 0.5), 1e-6);
    expectClose('a scalar', await stepped('embedding', [3], []), minus([3], 0.5), 1e-6);
    for (const name of ['dense/kernel', 'norm/gamma', 'embedding']) {
      const plain = await stepped(name, matrix, [2, 2], { scaleParameter: false });
      expectClose(`${name}, not scaled`, plain, minus(matrix, 1), 1e-6);
    }
  });

  it('decays within the step, vectors only where steps are not scaled', async () => {
    const weightDecay = 0.25;
    const decayed = (name: string, options: TigerOptions = {}): Promise<number[]> =>
      stepped(name, matrix, [2, 2], { weightDecay, ...options });
    const row = Math.sqrt(50);
    const rows = minus(matrix, [row, row, 1, 1], weightDecay);
    expectClose('kernel', await decayed('kernel'), minus(matrix, Math.sqrt(25.5), weightDecay), 1e-6);
    expectClose('embedding', await decayed('embedding'), rows, 1e-6);
    expectClose('bias', await decayed('bias'), minus(matrix, 0.5), 1e-6);
    const plain = await decayed('bias', { scaleParameter: false });
    expectClose('bias, not scaled', plain, minus(matrix, 1, weightDecay), 1e-6);
    // The other modes come before the step and act on vectors too.
    const other = (weightDecayMode: TigerOptions['weightDecayMode']): Promise<number[]> =>
      decayed('bias', { weightDecayMode: weightDecayMode! });
    const shrunk = (by: number): number[] => matrix.map((value) => value * by);
    expectClose('decoupled', await other('decoupled'), minus(shrunk(1 - 0.25 / 8), 0.5), 1e-6);
    expectClose('independent', await other('independent'), minus(shrunk(0.75), 0.5), 1e-6);
    const coupled = await stepped('bias', [4], [1], { weightDecay, weightDecayMode: 'coupled' }, -0.5);
    expectClose('coupled', coupled, minus([4], 0.5), 1e-6);
  });

  it('leaves what is zero where it is, but for vectors', async () => {
    expect(await stepped('kernel', [0, 0], [1, 2])).toEqual([0, 0]);
    expect(await stepped('embedding', [0, 0, 1, 1], [2, 2])).toEqual([0, 0, 0.875, 0.875]);
    expect(await stepped('bias', [0, 0], [2])).toEqual([-0.0625, -0.0625]);
    expect(await stepped('bias', [1, 1], [2], {}, 0)).toEqual([1, 1]);
  });

  const gathering: TigerOptions = { gradAccumSteps: 2, scaleParameter: false };

  it('gathers gradients for as many calls as it is told, and steps in the last', async () => {
    // m: 1, 1 − 2, then ½·(−1) + 1, ½ + 0
    expectWalk(await walk(tiger(gathering), [1], [[4], [-8], [4], [0]]), [[1], [1.125], [1.125], [1]]);
    // One call with the mean.
    expectWalk(await walk(tiger({ scaleParameter: false }), [1], [[-2], [2]]), [[1.125], [1]]);
  });

  it.each(['layerwise', 'decoupled', 'independent', 'coupled'] as const)(
    'does not decay in a call that just gathers: %s',
    async (weightDecayMode) => {
      const options = { ...gathering, weightDecay: 0.5, weightDecayMode };
      const [first, second] = await walk(tiger(options), [1], [[1], [1]]);
      expect(first).toEqual([1]);
      const kept = { layerwise: 0.9375, decoupled: 0.9375, independent: 0.5, coupled: 1 }[weightDecayMode];
      expect(second![0]).toBeCloseTo(kept - 0.125, 6);
    },
  );

  it('shrinks towards 0 a tensor with a NaN in its gradient, in every call, and keeps the momentum', async () => {
    const nan = [NaN, 1];
    const options = { shrinkRatio: 0.5, scaleParameter: false };
    // m: ±2, ±2, ±1
    expectWalk(await walk(tiger(options), [1, 1], [[4, -4], nan, [0, 0]]), [
      [0.875, 1.125],
      [0.4375, 0.5625],
      [0.3125, 0.6875],
    ]);
    expectWalk(await walk(tiger({ ...options, gradAccumSteps: 2 }), [1, 1], [[4, -4], nan, nan]), [
      [1, 1],
      [0.5, 0.5],
      [0.25, 0.25],
    ]);
    expectWalk(await walk(tiger(options), [1, 1], [[Infinity, -Infinity]]), [[0.875, 1.125]]);
  });

  it('shrinks towards 1 what is called gamma', async () => {
    const broken = (name: string): Promise<number[]> =>
      stepped(name, [3, -1], [2], { shrinkRatio: 0.5, weightDecay: 0.1 }, NaN);
    expect(await broken('norm/gamma')).toEqual([2, 0]);
    expect(await broken('norm/beta')).toEqual([1.5, -0.5]);
  });

  it.each([
    [{ learningRate: Infinity }, 'learningRate must be in [0, ∞), got Infinity'],
    [{ beta: 1 }, 'beta must be in [0, 1), got 1'],
    [{ weightDecay: -0.1 }, 'weightDecay must be in [0, ∞), got -0.1'],
    [{ gradAccumSteps: 0 }, 'gradAccumSteps must be an integer in [1, ∞), got 0'],
    [{ gradAccumSteps: 1.5 }, 'gradAccumSteps must be an integer in [1, ∞), got 1.5'],
    [{ shrinkRatio: 0 }, 'shrinkRatio must be in (0, 1], got 0'],
    [{ shrinkRatio: 1.1 }, 'shrinkRatio must be in (0, 1], got 1.1'],
  ])('refuses %o', (options, message) => {
    expect(() => new Tiger(options)).toThrow(new RangeError(`Tiger: ${message}`));
  });
});
